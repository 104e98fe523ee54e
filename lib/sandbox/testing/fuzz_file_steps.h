#ifndef LIB_SANDBOX_TESTING_FUZZ_FILE_STEPS_H_
#define LIB_SANDBOX_TESTING_FUZZ_FILE_STEPS_H_

#include <cstdint>
#include <string>

#include "lib/sandbox/testing/fuzz_log.h"

namespace rules_dockerfile {

// Calls about files, one each, with random arguments.
class FileSteps : public FuzzLog {
 public:
  explicit FileSteps(uint32_t seed) : FuzzLog(seed) {}

  void Chown();
  void ChownAt();
  void Fchown();
  void MakeFile();
  void MakeUnnamed();
  void MakeDirectory();
  void MakeLink();
  void MakeHardLink();
  void MakeNode();
  void Rename();
  void Unlink();
  void Chmod();
  void ShowStat();
  void ShowOpenStat();
  void ShowStatx();
  void SetAttribute();
  void Access();

 protected:
  // A device that a command creates cannot be opened with real ids, and has no
  // extended attributes; with emulated ones it is an empty file.
  bool IsDevice(const std::string& path);

 private:
  // Whether only permission checks of an ordinary user would refuse it.
  bool MayMake(const std::string& path);
};

}  // namespace rules_dockerfile

#endif  // LIB_SANDBOX_TESTING_FUZZ_FILE_STEPS_H_
