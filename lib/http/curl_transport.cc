#include "lib/http/curl_transport.h"

#include <curl/curl.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/log/absl_check.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "lib/base/blocked_sigpipe.h"
#include "lib/base/byte_source.h"
#include "lib/http/limits.h"
#include "lib/http/transfer_watch.h"
#include "lib/http/transport.h"
#include "lib/http/trust.h"

namespace rules_dockerfile {
namespace {

constexpr size_t kMaxBodyInMemory = 16 << 20;

// One request on its way: what libcurl's callbacks work on.
struct Exchange {
  CURL* handle = nullptr;
  const HttpRequest* request = nullptr;
  ByteSource* body = nullptr;  // of the request
  TransferWatch watch;
  HttpResponse response;
  absl::Status status;  // of the callbacks
};

size_t ReadBody(char* buffer, size_t size, size_t count, void* data) {
  Exchange& exchange = *static_cast<Exchange*>(data);
  const absl::StatusOr<size_t> n =
      exchange.body->Read(absl::MakeSpan(buffer, size * count));
  if (!n.ok()) {
    exchange.status = n.status();
    return CURL_READFUNC_ABORT;
  }
  exchange.watch.Sent(static_cast<int64_t>(*n), absl::Now());
  return *n;
}

// libcurl starts the body again when it sends a request again.
int SeekBody(void* data, curl_off_t offset, int origin) {
  Exchange& exchange = *static_cast<Exchange*>(data);
  if (origin != SEEK_SET || offset < 0 || offset > exchange.body->size() ||
      !exchange.body->Seek(offset).ok()) {
    return CURL_SEEKFUNC_FAIL;
  }
  exchange.watch.Rewound(exchange.body->size() - offset);
  return CURL_SEEKFUNC_OK;
}

size_t WriteBody(char* bytes, size_t size, size_t count, void* data) {
  Exchange& exchange = *static_cast<Exchange*>(data);
  const absl::string_view part(bytes, size * count);
  exchange.watch.Received(absl::Now());
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
  exchange.watch.Received(absl::Now());
  if (absl::StartsWith(line, "HTTP/")) {
    exchange.response.headers.clear();  // those of a "100 Continue"
  } else if (const size_t colon = line.find(':'); colon != line.npos) {
    exchange.response.headers[absl::AsciiStrToLower(line.substr(0, colon))] =
        std::string(absl::StripAsciiWhitespace(line.substr(colon + 1)));
  }
  return line.size();
}

int RequestStarts(void* data, char*, char*, int, int) {
  static_cast<Exchange*>(data)->watch.Connected(absl::Now());
  return CURL_PREREQFUNC_OK;
}

// libcurl calls it at least once a second.
int Progress(void* data, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  Exchange& exchange = *static_cast<Exchange*>(data);
  if (exchange.request->unix_socket.empty() && exchange.status.ok()) {
    exchange.status = exchange.watch.Check(absl::Now());
  }
  return exchange.status.ok() ? 0 : 1;
}

bool IsTlsError(CURLcode code) {
  return code == CURLE_PEER_FAILED_VERIFICATION ||
         code == CURLE_SSL_CACERT_BADFILE || code == CURLE_SSL_CERTPROBLEM;
}

absl::Status TransportError(CURL* handle, CURLcode code,
                            absl::string_view detail,
                            const HttpLimits& limits) {
  const std::string message(detail.empty() ? curl_easy_strerror(code) : detail);
  if (code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL) {
    return absl::InvalidArgumentError(message);
  }
  // In words that do not change with the version of libcurl.
  if (code == CURLE_PARTIAL_FILE) {
    return absl::UnavailableError("the response is truncated");
  }
  if (IsTlsError(code)) return absl::FailedPreconditionError(message);
  if (code == CURLE_OPERATION_TIMEDOUT) {
    return absl::DeadlineExceededError(absl::StrCat(
        "no connection within ", absl::FormatDuration(limits.connect)));
  }
  long error = 0;
  curl_easy_getinfo(handle, CURLINFO_OS_ERRNO, &error);
  if (code == CURLE_COULDNT_CONNECT && error != 0) {
    return absl::UnavailableError(absl::StrCat(
        "cannot connect: ", std::strerror(static_cast<int>(error))));
  }
  return absl::UnavailableError(message);
}

// A handle of libcurl, with the connections that it keeps. One request at a
// time.
class CurlHandle {
 public:
  explicit CurlHandle(const HttpLimits& limits)
      : limits_(limits), handle_(curl_easy_init()) {
    ABSL_CHECK(handle_ != nullptr);
  }
  CurlHandle(const CurlHandle&) = delete;
  CurlHandle& operator=(const CurlHandle&) = delete;
  ~CurlHandle() { curl_easy_cleanup(handle_); }

  absl::StatusOr<HttpResponse> Send(const HttpRequest& request) {
    ViewSource view(request.body);
    ByteSource& body = request.source != nullptr ? *request.source : view;
    ABSL_RETURN_IF_ERROR(body.Seek(0));
    curl_easy_reset(handle_);
    Exchange exchange = {
        .handle = handle_,
        .request = &request,
        .body = &body,
        .watch = TransferWatch(limits_, body.size(), absl::Now())};
    ABSL_RETURN_IF_ERROR(SetTls(request.tls));
    curl_slist* headers = HeaderList(request);
    char detail[CURL_ERROR_SIZE] = "";
    SetRequest(request, body.size(), headers);
    SetConnection(request);
    SetCallbacks(exchange);
    curl_easy_setopt(handle_, CURLOPT_ERRORBUFFER, detail);
    // OpenSSL writes to closed connections. libcurl itself ignores the signal,
    // but not with CURLOPT_NOSIGNAL.
    const BlockedSigpipe blocked;
    const CURLcode code = curl_easy_perform(handle_);
    curl_slist_free_all(headers);
    if (!exchange.status.ok()) return exchange.status;
    if (code != CURLE_OK) {
      return TransportError(handle_, code, detail, limits_);
    }
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
    // With servers that do not know it libcurl waits a second.
    return curl_slist_append(list, "Expect:");
  }

  void SetRequest(const HttpRequest& request, int64_t body_size,
                  curl_slist* headers) {
    curl_easy_setopt(handle_, CURLOPT_URL, request.url.c_str());
    curl_easy_setopt(handle_, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(handle_, CURLOPT_USERAGENT, "rules_dockerfile");
    if (request.method == "HEAD") {
      curl_easy_setopt(handle_, CURLOPT_NOBODY, 1L);
    } else if (request.method != "GET") {
      curl_easy_setopt(handle_, CURLOPT_UPLOAD, 1L);
      curl_easy_setopt(handle_, CURLOPT_INFILESIZE_LARGE,
                       static_cast<curl_off_t>(body_size));
      curl_easy_setopt(handle_, CURLOPT_CUSTOMREQUEST, request.method.c_str());
    }
  }

  void SetCallbacks(Exchange& exchange) {
    curl_easy_setopt(handle_, CURLOPT_READFUNCTION, ReadBody);
    curl_easy_setopt(handle_, CURLOPT_READDATA, &exchange);
    curl_easy_setopt(handle_, CURLOPT_SEEKFUNCTION, SeekBody);
    curl_easy_setopt(handle_, CURLOPT_SEEKDATA, &exchange);
    curl_easy_setopt(handle_, CURLOPT_WRITEFUNCTION, WriteBody);
    curl_easy_setopt(handle_, CURLOPT_WRITEDATA, &exchange);
    curl_easy_setopt(handle_, CURLOPT_HEADERFUNCTION, ReadHeader);
    curl_easy_setopt(handle_, CURLOPT_HEADERDATA, &exchange);
    curl_easy_setopt(handle_, CURLOPT_PREREQFUNCTION, RequestStarts);
    curl_easy_setopt(handle_, CURLOPT_PREREQDATA, &exchange);
    curl_easy_setopt(handle_, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(handle_, CURLOPT_XFERINFOFUNCTION, Progress);
    curl_easy_setopt(handle_, CURLOPT_XFERINFODATA, &exchange);
  }

  // The system's trust, which libcurl is built with.
  Trust SystemTrust() {
    Trust trust;
    char* path = nullptr;
    curl_easy_getinfo(handle_, CURLINFO_CAINFO, &path);
    if (path != nullptr) trust.file = path;
    path = nullptr;
    curl_easy_getinfo(handle_, CURLINFO_CAPATH, &path);
    if (path != nullptr) trust.directory = path;
    return trust;
  }

  absl::Status SetTls(const TlsFiles& tls) {
    const auto text = [](const std::string& path) {
      return path.empty() ? nullptr : path.c_str();
    };
    curl_easy_setopt(handle_, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2);
    ABSL_ASSIGN_OR_RETURN(const Trust trust, FindTrust(tls, SystemTrust()));
    curl_easy_setopt(handle_, CURLOPT_CAINFO, text(trust.file));
    curl_easy_setopt(handle_, CURLOPT_CAPATH, text(trust.directory));
    if (!trust.bundle.empty()) {
      curl_blob blob = {.data = const_cast<char*>(trust.bundle.data()),
                        .len = trust.bundle.size(),
                        .flags = CURL_BLOB_COPY};
      curl_easy_setopt(handle_, CURLOPT_CAINFO_BLOB, &blob);
    }
    if (!tls.certificate.empty()) {
      curl_easy_setopt(handle_, CURLOPT_SSLCERT, tls.certificate.c_str());
      curl_easy_setopt(handle_, CURLOPT_SSLKEY, tls.key.c_str());
    }
    return absl::OkStatus();
  }

  void SetConnection(const HttpRequest& request) {
    curl_easy_setopt(handle_, CURLOPT_NOSIGNAL, 1L);
    if (limits_.connect < absl::InfiniteDuration()) {
      curl_easy_setopt(
          handle_, CURLOPT_CONNECTTIMEOUT_MS,
          static_cast<long>(absl::ToInt64Milliseconds(limits_.connect)));
    }
    curl_easy_setopt(handle_, CURLOPT_PROTOCOLS_STR, "http,https");
    if (!request.unix_socket.empty()) {
      curl_easy_setopt(handle_, CURLOPT_UNIX_SOCKET_PATH,
                       request.unix_socket.c_str());
      curl_easy_setopt(handle_, CURLOPT_PROXY, "");
    }
  }

  HttpLimits limits_;
  CURL* handle_;
};

class CurlTransport : public HttpTransport {
 public:
  explicit CurlTransport(const HttpLimits& limits) : limits_(limits) {}

 private:
  absl::StatusOr<HttpResponse> SendChecked(
      const HttpRequest& request) override {
    std::unique_ptr<CurlHandle> handle = TakeIdle();
    absl::StatusOr<HttpResponse> response = handle->Send(request);
    const absl::MutexLock lock(mutex_);
    idle_.push_back(std::move(handle));
    return response;
  }

  std::unique_ptr<CurlHandle> TakeIdle() {
    const absl::MutexLock lock(mutex_);
    if (idle_.empty()) return std::make_unique<CurlHandle>(limits_);
    std::unique_ptr<CurlHandle> handle = std::move(idle_.back());
    idle_.pop_back();
    return handle;
  }

  HttpLimits limits_;
  absl::Mutex mutex_;
  std::vector<std::unique_ptr<CurlHandle>> idle_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace

std::unique_ptr<HttpTransport> MakeCurlTransport(const HttpLimits& limits) {
  static const bool initialised =
      curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
  ABSL_CHECK(initialised);
  return std::make_unique<CurlTransport>(limits);
}

}  // namespace rules_dockerfile
