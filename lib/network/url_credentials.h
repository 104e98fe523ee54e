#ifndef LIB_NETWORK_URL_CREDENTIALS_H_
#define LIB_NETWORK_URL_CREDENTIALS_H_

#include <string>

namespace rules_dockerfile {

// Whether `url` holds a user, or a query parameter that is named as a secret
// is.
bool HasCredentials(const std::string& url);

// `url` for messages and documents: if it holds credentials, without user,
// password and query.
std::string WithoutCredentials(std::string url);

}  // namespace rules_dockerfile

#endif  // LIB_NETWORK_URL_CREDENTIALS_H_
