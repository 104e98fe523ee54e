#include "lib/http/curl_transport.h"

#include <curl/curl.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string>

#include "absl/log/absl_check.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/http/transport.h"

namespace rules_dockerfile {
namespace {

constexpr size_t kMaxBodyInMemory = 16 << 20;
constexpr long kConnectTimeoutSeconds = 30;
constexpr long kStallSeconds = 120;

// One request on its way: what libcurl's callbacks work on.
struct Exchange {
  CURL* handle = nullptr;
  const HttpRequest* request = nullptr;
  size_t sent = 0;  // of the request's body
  HttpResponse response;
  absl::Status status;  // of the callbacks
};

size_t ReadBody(char* buffer, size_t size, size_t count, void* data) {
  Exchange& exchange = *static_cast<Exchange*>(data);
  const absl::string_view rest = exchange.request->body.substr(exchange.sent);
  const size_t n = std::min(size * count, rest.size());
  std::memcpy(buffer, rest.data(), n);
  exchange.sent += n;
  return n;
}

// libcurl starts the body again when it sends a request again.
int SeekBody(void* data, curl_off_t offset, int origin) {
  Exchange& exchange = *static_cast<Exchange*>(data);
  if (origin != SEEK_SET || offset < 0 ||
      static_cast<size_t>(offset) > exchange.request->body.size()) {
    return CURL_SEEKFUNC_FAIL;
  }
  exchange.sent = static_cast<size_t>(offset);
  return CURL_SEEKFUNC_OK;
}

size_t WriteBody(char* bytes, size_t size, size_t count, void* data) {
  Exchange& exchange = *static_cast<Exchange*>(data);
  const absl::string_view part(bytes, size * count);
  long status = 0;
  curl_easy_getinfo(exchange.handle, CURLINFO_RESPONSE_CODE, &status);
  if (exchange.request->sink != nullptr && status >= 200 && status < 300) {
    exchange.status = exchange.request->sink->Append(part);
  } else if (exchange.response.body.size() + part.size() > kMaxBodyInMemory) {
    exchange.status = absl::ResourceExhaustedError(absl::StrCat(
        "the response is larger than ", kMaxBodyInMemory, " bytes"));
  } else {
    exchange.response.body.append(part);
  }
  return exchange.status.ok() ? part.size() : 0;  // 0 stops the transfer
}

size_t ReadHeader(char* bytes, size_t size, size_t count, void* data) {
  Exchange& exchange = *static_cast<Exchange*>(data);
  const absl::string_view line(bytes, size * count);
  if (absl::StartsWith(line, "HTTP/")) {
    exchange.response.headers.clear();  // those of a "100 Continue"
  } else if (const size_t colon = line.find(':'); colon != line.npos) {
    exchange.response.headers[absl::AsciiStrToLower(line.substr(0, colon))] =
        std::string(absl::StripAsciiWhitespace(line.substr(colon + 1)));
  }
  return line.size();
}

absl::Status TransportError(CURL* handle, CURLcode code,
                            absl::string_view detail) {
  const std::string message(detail.empty() ? curl_easy_strerror(code) : detail);
  if (code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL) {
    return absl::InvalidArgumentError(message);
  }
  long error = 0;
  curl_easy_getinfo(handle, CURLINFO_OS_ERRNO, &error);
  if (code == CURLE_COULDNT_CONNECT && error != 0) {
    return absl::UnavailableError(absl::StrCat(
        "cannot connect: ", std::strerror(static_cast<int>(error))));
  }
  return absl::UnavailableError(message);
}

class CurlTransport : public HttpTransport {
 public:
  CurlTransport() : handle_(curl_easy_init()) {
    ABSL_CHECK(handle_ != nullptr);
  }
  CurlTransport(const CurlTransport&) = delete;
  CurlTransport& operator=(const CurlTransport&) = delete;
  ~CurlTransport() override { curl_easy_cleanup(handle_); }

  absl::StatusOr<HttpResponse> Send(const HttpRequest& request) override {
    curl_easy_reset(handle_);
    Exchange exchange = {.handle = handle_, .request = &request};
    curl_slist* headers = HeaderList(request);
    char detail[CURL_ERROR_SIZE] = "";
    SetRequest(request, headers);
    SetConnection(request);
    curl_easy_setopt(handle_, CURLOPT_ERRORBUFFER, detail);
    curl_easy_setopt(handle_, CURLOPT_READDATA, &exchange);
    curl_easy_setopt(handle_, CURLOPT_SEEKDATA, &exchange);
    curl_easy_setopt(handle_, CURLOPT_WRITEDATA, &exchange);
    curl_easy_setopt(handle_, CURLOPT_HEADERDATA, &exchange);
    const CURLcode code = curl_easy_perform(handle_);
    curl_slist_free_all(headers);
    if (!exchange.status.ok()) return exchange.status;
    if (code != CURLE_OK) return TransportError(handle_, code, detail);
    long status = 0;
    curl_easy_getinfo(handle_, CURLINFO_RESPONSE_CODE, &status);
    exchange.response.status = static_cast<int>(status);
    return std::move(exchange.response);
  }

 private:
  static curl_slist* HeaderList(const HttpRequest& request) {
    curl_slist* list = nullptr;
    for (const auto& [name, value] : request.headers) {
      list = curl_slist_append(list, absl::StrCat(name, ": ", value).c_str());
    }
    // Servers that do not know it make libcurl wait a second.
    return curl_slist_append(list, "Expect:");
  }

  void SetRequest(const HttpRequest& request, curl_slist* headers) {
    curl_easy_setopt(handle_, CURLOPT_URL, request.url.c_str());
    curl_easy_setopt(handle_, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(handle_, CURLOPT_USERAGENT, "rules_dockerfile");
    if (request.method == "HEAD") {
      curl_easy_setopt(handle_, CURLOPT_NOBODY, 1L);
    } else if (request.method != "GET") {
      curl_easy_setopt(handle_, CURLOPT_UPLOAD, 1L);
      curl_easy_setopt(handle_, CURLOPT_INFILESIZE_LARGE,
                       static_cast<curl_off_t>(request.body.size()));
      curl_easy_setopt(handle_, CURLOPT_CUSTOMREQUEST, request.method.c_str());
    }
    curl_easy_setopt(handle_, CURLOPT_READFUNCTION, ReadBody);
    curl_easy_setopt(handle_, CURLOPT_SEEKFUNCTION, SeekBody);
    curl_easy_setopt(handle_, CURLOPT_WRITEFUNCTION, WriteBody);
    curl_easy_setopt(handle_, CURLOPT_HEADERFUNCTION, ReadHeader);
  }

  void SetConnection(const HttpRequest& request) {
    curl_easy_setopt(handle_, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(handle_, CURLOPT_CONNECTTIMEOUT, kConnectTimeoutSeconds);
    curl_easy_setopt(handle_, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(handle_, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2);
    if (request.unix_socket.empty()) {
      curl_easy_setopt(handle_, CURLOPT_LOW_SPEED_LIMIT, 1L);
      curl_easy_setopt(handle_, CURLOPT_LOW_SPEED_TIME, kStallSeconds);
    } else {
      curl_easy_setopt(handle_, CURLOPT_UNIX_SOCKET_PATH,
                       request.unix_socket.c_str());
      curl_easy_setopt(handle_, CURLOPT_PROXY, "");
    }
    if (!request.tls.ca.empty()) {
      curl_easy_setopt(handle_, CURLOPT_CAINFO, request.tls.ca.c_str());
    }
    if (!request.tls.certificate.empty()) {
      curl_easy_setopt(handle_, CURLOPT_SSLCERT,
                       request.tls.certificate.c_str());
      curl_easy_setopt(handle_, CURLOPT_SSLKEY, request.tls.key.c_str());
    }
  }

  CURL* handle_;
};

}  // namespace

std::unique_ptr<HttpTransport> MakeCurlTransport() {
  static const bool initialised =
      curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
  ABSL_CHECK(initialised);
  return std::make_unique<CurlTransport>();
}

}  // namespace rules_dockerfile
