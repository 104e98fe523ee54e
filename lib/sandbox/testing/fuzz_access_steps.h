#ifndef LIB_SANDBOX_TESTING_FUZZ_ACCESS_STEPS_H_
#define LIB_SANDBOX_TESTING_FUZZ_ACCESS_STEPS_H_

#include <cstdint>

#include "lib/sandbox/testing/fuzz_file_steps.h"

namespace rules_dockerfile {

// Calls that succeed or not by the permissions of files alone, one each, with
// random arguments.
class AccessSteps : public FileSteps {
 public:
  explicit AccessSteps(uint32_t seed) : FileSteps(seed) {}

  void OpenFile();
  void ListDirectory();
  void Truncate();
  void SetTimes();
  void AskAccess();
  void ReadLink();
  void Exchange();
  void OpenChmod();
};

}  // namespace rules_dockerfile

#endif  // LIB_SANDBOX_TESTING_FUZZ_ACCESS_STEPS_H_
