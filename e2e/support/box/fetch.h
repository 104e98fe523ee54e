#ifndef E2E_SUPPORT_BOX_FETCH_H_
#define E2E_SUPPORT_BOX_FETCH_H_

#include <iosfwd>
#include <string>

// Prints what `url` answers to `out`, as curl does: through the proxy that
// http_proxy names (http://ADDRESS:PORT), without one not at all. Returns the
// exit code: 22 for a status other than 200, whose body goes to stderr.
int Fetch(const std::string& url, std::ostream& out);

#endif  // E2E_SUPPORT_BOX_FETCH_H_
