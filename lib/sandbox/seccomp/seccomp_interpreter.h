#ifndef LIB_SANDBOX_SECCOMP_SECCOMP_INTERPRETER_H_
#define LIB_SANDBOX_SECCOMP_SECCOMP_INTERPRETER_H_

#include <linux/filter.h>
#include <linux/seccomp.h>

#include <cstdint>
#include <vector>

namespace rules_dockerfile {

// What the kernel's filter returns: linux/filter.h, the instructions that
// seccomp programs have. Fails the test if there is no answer.
uint32_t InterpretSeccompProgram(const std::vector<sock_filter>& program,
                                 const seccomp_data& data);

}  // namespace rules_dockerfile

#endif  // LIB_SANDBOX_SECCOMP_SECCOMP_INTERPRETER_H_
