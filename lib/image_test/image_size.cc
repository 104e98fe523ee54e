#include "lib/image_test/image_size.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "lib/base/printable.h"
#include "lib/image_test/test_report.h"
#include "lib/image_test/text_check.h"
#include "lib/layer/layer_index.h"
#include "lib/layer/layer_waste.h"
#include "re2/re2.h"

namespace rules_dockerfile {
namespace {

constexpr size_t kMostContributors = 10;

struct Unit {
  const char* name;
  int64_t bytes;
};
constexpr Unit kUnits[] = {
    {"", 1},
    {"B", 1},
    {"kB", 1000},
    {"KB", 1000},
    {"MB", 1000 * 1000},
    {"GB", 1000 * 1000 * 1000},
    {"TB", int64_t{1000} * 1000 * 1000 * 1000},
    {"KiB", 1 << 10},
    {"MiB", 1 << 20},
    {"GiB", 1 << 30},
    {"TiB", int64_t{1} << 40},
};

// "999 bytes", "12345 bytes (12.3 kB)".
std::string ByteCount(int64_t size) {
  if (size < 1000) return absl::StrCat(size, " bytes");
  return absl::StrCat(size, " bytes (", SizeText(size), ")");
}

// A line of a list of contributors.
std::string Contributor(int64_t size, const std::string& what) {
  return absl::StrFormat("  %12d  %s", size, what);
}

struct StoredFile {
  std::string path;
  int64_t size = 0;
  size_t layer = 0;
};

class SizeChecker {
 public:
  SizeChecker(const std::string& image, const std::vector<SizedLayer>& layers,
              const SizeLimits& limits)
      : image_(image), layers_(layers), limits_(limits) {}

  absl::StatusOr<std::vector<TestResult>> Check() {
    if (limits_.max.has_value()) {
      ABSL_RETURN_IF_ERROR(CheckSize());
    }
    if (limits_.max_wasted.has_value()) {
      ABSL_RETURN_IF_ERROR(CheckWaste());
    }
    if (limits_.max_layers.has_value()) CheckLayers();
    return std::move(results_);
  }

 private:
  std::string MadeBy(size_t layer) const {
    if (!layers_[layer].made_by.empty()) return layers_[layer].made_by;
    return absl::StrCat("layer ", layer);
  }

  void Add(std::string name, Problems problems) {
    results_.push_back({.where = image_,
                        .name = std::move(name),
                        .problems = std::move(problems),
                        .duration = {}});
  }

  absl::Status CheckSize() {
    return limits_.compressed ? CheckCompressed() : CheckFiles();
  }

  absl::Status CheckCompressed() {
    int64_t size = 0;
    for (const SizedLayer& layer : layers_) size += layer.compressed_size;
    Problems problems;
    if (size > *limits_.max) {
      problems = {absl::StrCat(ByteCount(size),
                               " of compressed layers, expected at most ",
                               ByteCount(*limits_.max)),
                  "largest layers:"};
      AddLayers(std::ranges::greater(), problems);
      problems.push_back(kSizeHint);
    }
    Add("compressed size", std::move(problems));
    return absl::OkStatus();
  }

  absl::Status CheckFiles() {
    std::vector<StoredFile> files;
    int64_t size = 0;
    for (size_t i = 0; i < layers_.size(); ++i) {
      ABSL_RETURN_IF_ERROR(
          VisitLayerIndex(layers_[i].index, [&](LayerEntry entry) {
            if (entry.type != LayerEntryType::kFile) return absl::OkStatus();
            size += entry.size;
            files.push_back({std::move(entry.path), entry.size, i});
            return absl::OkStatus();
          }).status());
    }
    Problems problems;
    if (size > *limits_.max) {
      problems = {absl::StrCat(ByteCount(size), " of files, expected at most ",
                               ByteCount(*limits_.max)),
                  "largest files:"};
      std::ranges::stable_sort(files, std::ranges::greater(),
                               &StoredFile::size);
      files.resize(std::min(files.size(), kMostContributors));
      for (const StoredFile& file : files) {
        problems.push_back(Contributor(
            file.size, absl::StrCat(absl::Utf8SafeCEscape(file.path), ", ",
                                    MadeBy(file.layer))));
      }
      problems.push_back(kSizeHint);
    }
    Add("size", std::move(problems));
    return absl::OkStatus();
  }

  absl::Status CheckWaste() {
    std::vector<absl::string_view> indexes;
    for (const SizedLayer& layer : layers_) indexes.push_back(layer.index);
    ABSL_ASSIGN_OR_RETURN(const LayerWaste waste, FindLayerWaste(indexes));
    Problems problems;
    if (waste.size > *limits_.max_wasted) {
      problems = {absl::StrCat(ByteCount(waste.size),
                               " of files that later layers replace or remove, "
                               "expected at most ",
                               ByteCount(*limits_.max_wasted)),
                  "largest of them:"};
      for (size_t i = 0; i < std::min(waste.files.size(), kMostContributors);
           ++i) {
        const WastedFile& file = waste.files[i];
        problems.push_back(Contributor(
            file.size,
            absl::StrCat(absl::Utf8SafeCEscape(file.path), ", ",
                         MadeBy(file.layer),
                         file.removed ? ", removed by " : ", replaced by ",
                         MadeBy(file.by_layer))));
      }
      problems.push_back(
          "hint: remove a file in the RUN that creates it, or copy the result "
          "from another stage");
    }
    Add("wasted bytes", std::move(problems));
    return absl::OkStatus();
  }

  void CheckLayers() {
    Problems problems;
    const auto count = static_cast<int64_t>(layers_.size());
    if (count > *limits_.max_layers) {
      problems = {absl::StrCat(count, " layers, expected at most ",
                               *limits_.max_layers),
                  "smallest layers, compressed:"};
      AddLayers(std::ranges::less(), problems);
      problems.push_back(
          "hint: join RUNs with && or a here-document, and copy several "
          "sources with one COPY");
    }
    Add("layers", std::move(problems));
  }

  // The first layers in an order of their size.
  template <typename Order>
  void AddLayers(Order order, Problems& problems) const {
    std::vector<size_t> numbers(layers_.size());
    for (size_t i = 0; i < numbers.size(); ++i) numbers[i] = i;
    std::ranges::stable_sort(
        numbers, order, [&](size_t i) { return layers_[i].compressed_size; });
    numbers.resize(std::min(numbers.size(), kMostContributors));
    for (const size_t i : numbers) {
      problems.push_back(Contributor(layers_[i].compressed_size, MadeBy(i)));
    }
  }

  static constexpr const char* kSizeHint =
      "hint: remove what the image does not need in the RUN that creates it, "
      "or copy what it needs from another stage";

  const std::string& image_;
  const std::vector<SizedLayer>& layers_;
  const SizeLimits& limits_;
  std::vector<TestResult> results_;
};

}  // namespace

absl::StatusOr<int64_t> ParseSizeLimit(absl::string_view text) {
  static const RE2 pattern(R"((\d{1,18})(\.\d+)? ?([A-Za-z]*))");
  const absl::Status malformed = absl::InvalidArgumentError(absl::StrCat(
      "size \"", text,
      "\": expected a number and optionally kB, MB, GB, TB, KiB, MiB, GiB or "
      "TiB"));
  int64_t whole = 0;
  std::string fraction;
  std::string name;
  if (!RE2::FullMatch(text, pattern, &whole, &fraction, &name)) {
    return malformed;
  }
  const auto* const unit = absl::c_find_if(
      kUnits, [&](const Unit& each) { return name == each.name; });
  if (unit == std::end(kUnits)) return malformed;
  if (whole >= std::numeric_limits<int64_t>::max() / unit->bytes) {
    return absl::InvalidArgumentError(
        absl::StrCat("size \"", text, "\" is too large"));
  }
  double part = 0;
  if (!fraction.empty() && !absl::SimpleAtod(fraction, &part)) return malformed;
  return whole * unit->bytes +
         std::llround(part * static_cast<double>(unit->bytes));
}

absl::StatusOr<std::vector<TestResult>> CheckImageSize(
    const std::string& image, const std::vector<SizedLayer>& layers,
    const SizeLimits& limits) {
  return SizeChecker(image, layers, limits).Check();
}

}  // namespace rules_dockerfile
