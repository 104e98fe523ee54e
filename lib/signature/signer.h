#ifndef LIB_SIGNATURE_SIGNER_H_
#define LIB_SIGNATURE_SIGNER_H_

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace rules_dockerfile {

// Signs with a program of the user: docs/supply_chain.md, "The protocol of a
// signer". The program has the key; this process never sees it.

// A longer answer is refused.
inline constexpr size_t kMaxSigningAnswer = size_t{256} << 10;

struct Signer {
  std::string program;  // path, or a name in $PATH
  // NAME=VALUE, or the NAME of a variable of this process, which is passed on
  // if it is set. All others but PATH and HOME are left out.
  std::vector<std::string> environment;
  absl::Duration timeout = absl::Minutes(2);
};

// What is to be signed.
struct SigningRequest {
  std::string reference;   // repository in normal form, without tag and digest
  std::string digest;      // of the manifest or index
  std::string media_type;  // of it
};

// What a signer has answered.
struct SigningAnswer {
  std::string payload;    // the proposed one, or the program's own
  std::string signature;  // bytes
  // Of the signature's descriptor, with certificate and chain if there are
  // any. Without the signature.
  std::map<std::string, std::string> annotations;

  friend bool operator==(const SigningAnswer&, const SigningAnswer&) = default;
};

// The line that the program reads, and the payload that it proposes.
std::string SigningRequestText(const SigningRequest& request,
                               absl::string_view payload);

// Reads what the program writes. No message has a part of a signature. Aborted
// `it says: …` for an answer with an error; InvalidArgument for a malformed one
// or one with a payload that is not about what was to be signed.
absl::StatusOr<SigningAnswer> ParseSigningAnswer(absl::string_view text,
                                                 const SigningRequest& request,
                                                 absl::string_view payload);

// Runs the program. All errors begin with `signer "openssl_signer": `; others
// are Aborted `exit code 3`, and DeadlineExceeded `expected an answer within
// 2m`. Its standard error is that of this process.
absl::StatusOr<SigningAnswer> AskSigner(const Signer& signer,
                                        const SigningRequest& request);

}  // namespace rules_dockerfile

#endif  // LIB_SIGNATURE_SIGNER_H_
