#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/log/absl_check.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "lib/sbom/inventory.h"
#include "lib/sbom/license.h"
#include "lib/sbom/package_readers.h"

namespace rules_dockerfile {
namespace {

// Any bytes are packages with names, or an error.
void ReadsAnyFile(ReadPackages read, absl::string_view data) {
  const absl::StatusOr<std::vector<Package>> packages = read(data, "usr/x");
  if (!packages.ok()) return;
  for (const Package& package : *packages) ABSL_CHECK(!package.name.empty());
}

// A licence that was written reads the same again.
void WritesAnyLicense(absl::string_view text) {
  LicenseRefs refs;
  const auto license = NormalizedLicense(text, refs);
  if (!license.has_value()) return;
  const std::string written = LicenseText(*license);
  ABSL_CHECK(ParseLicenseText(written) == *license) << written;
  LicenseRefs again;
  ABSL_CHECK(NormalizedLicense(written, again) == license) << written;
}

}  // namespace
}  // namespace rules_dockerfile

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace rules_dockerfile;  // NOLINT(google-build-using-namespace)
  const absl::string_view text(reinterpret_cast<const char*>(data), size);
  for (const ReadPackages read :
       {ReadDpkgStatus, ReadDpkgStatusFile, ReadApkInstalled, ReadRpmSqlite,
        ReadRpmNdb, ReadPythonMetadata, ReadNodePackage, ReadProgram,
        ReadJar}) {
    ReadsAnyFile(read, text);
  }
  CopyrightLicenses(text);
  WritesAnyLicense(text);
  return 0;
}
