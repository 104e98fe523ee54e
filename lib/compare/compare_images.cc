#include "lib/compare/compare_images.h"

#include <algorithm>
#include <cstddef>
#include <deque>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status_macros.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "lib/base/byte_sink.h"
#include "lib/base/line_difference.h"
#include "lib/compare/likely_cause.h"
#include "lib/compression/decompressor.h"
#include "lib/json/json.h"
#include "lib/layer/changeset.h"
#include "lib/layer/file_tree.h"
#include "lib/layer/layer_index.h"
#include "lib/layer/tree_diff.h"
#include "lib/oci/image_config.h"

namespace rules_dockerfile {
namespace {

// How many bytes around a difference are shown.
constexpr size_t kShown = 24;

// The layers of an image as far as they have been applied.
class Applied {
 public:
  explicit Applied(const SourceImage& image) : image_(image) {}

  // Applies the next layer, if there is one.
  absl::Status ApplyNext() {
    const size_t number = tars_.size();
    if (number >= image_.layers.size()) return absl::OkStatus();
    StringSink tar;
    ABSL_RETURN_IF_ERROR(Decompress(image_.layers[number].blob, &tar));
    data_.push_back(tar.contents());
    tars_.push_back(data_.back());
    ABSL_ASSIGN_OR_RETURN(const LayerIndex index, IndexLayer(tars_.back()));
    return tree_.AddLayer(index, static_cast<int>(number));
  }
  const FileTree& tree() const { return tree_; }
  absl::StatusOr<absl::string_view> Data(const FileNode& node) const {
    return DataInLayers(node, tars_);
  }

 private:
  const SourceImage& image_;
  FileTree tree_;
  std::deque<std::string> data_;
  std::vector<absl::string_view> tars_;
};

std::string Quoted(absl::string_view bytes) {
  return absl::StrCat("\"", absl::Utf8SafeCEscape(bytes), "\"");
}

// Where the data of two files differs first, and why.
std::string DataLines(absl::string_view path, absl::string_view a,
                      absl::string_view b) {
  const size_t at = std::ranges::mismatch(a, b).in1 - a.begin();
  const size_t from = at > kShown ? at - kShown : 0;
  const absl::string_view near_a = a.substr(from, 2 * kShown);
  const absl::string_view near_b = b.substr(from, 2 * kShown);
  std::string lines =
      absl::StrCat("  byte ", at, " of ", a.size(), ": ", Quoted(near_a),
                   " and ", Quoted(near_b), "\n");
  const std::string cause = LikelyCause(path, near_a, near_b);
  if (!cause.empty()) absl::StrAppend(&lines, "  likely cause: ", cause, "\n");
  return lines;
}

// The path of a line of DescribeTreeDiff(): "C etc/x data" is of "etc/x".
std::string PathOf(absl::string_view line) {
  const std::vector<absl::string_view> words =
      absl::StrSplit(line, absl::MaxSplits(' ', 2));
  std::string path;
  return words.size() > 1 && absl::CUnescape(words[1], &path) ? path : "";
}

// What differs now and is not in `told`.
absl::StatusOr<std::string> NewDifferences(const Applied& a, const Applied& b,
                                           std::set<std::string>& told) {
  const std::string diff = DescribeTreeDiff(a.tree(), b.tree());
  std::string text;
  for (const absl::string_view line :
       absl::StrSplit(diff, '\n', absl::SkipEmpty())) {
    if (!told.insert(std::string(line)).second) continue;
    absl::StrAppend(&text, line, "\n");
    const std::string path = PathOf(line);
    const FileNode* const in_a = a.tree().Find(path);
    const FileNode* const in_b = b.tree().Find(path);
    if (in_a == nullptr || in_b == nullptr || in_a->digest == in_b->digest ||
        in_a->type != LayerEntryType::kFile ||
        in_b->type != LayerEntryType::kFile) {
      continue;
    }
    ABSL_ASSIGN_OR_RETURN(const absl::string_view data_a, a.Data(*in_a));
    ABSL_ASSIGN_OR_RETURN(const absl::string_view data_b, b.Data(*in_b));
    text += DataLines(path, data_a, data_b);
  }
  return text;
}

// The instruction that made each layer, base first.
std::vector<std::string> LayerInstructions(const SourceImage& image) {
  std::vector<std::string> instructions;
  for (const HistoryEntry& entry : WithCompleteHistory(image.config).history) {
    if (entry.empty_layer) continue;
    instructions.push_back(entry.created_by.empty() ? entry.comment
                                                    : entry.created_by);
  }
  return instructions;
}

std::string DiffId(const SourceImage& image, size_t layer) {
  return layer < image.layers.size() ? image.layers[layer].diff_id : "";
}

absl::StatusOr<std::string> ConfigDifference(const SourceImage& a,
                                             const SourceImage& b) {
  ABSL_ASSIGN_OR_RETURN(const Json json_a, ParseJson(a.config_text));
  ABSL_ASSIGN_OR_RETURN(const Json json_b, ParseJson(b.config_text));
  const std::optional<LineDifference> difference =
      FirstLineDifference(JsonText(json_a), JsonText(json_b));
  if (!difference.has_value()) return "";
  return absl::StrCat("config: ", absl::StripAsciiWhitespace(difference->want),
                      " and ", absl::StripAsciiWhitespace(difference->got),
                      "\n");
}

}  // namespace

absl::StatusOr<std::string> CompareImages(const SourceImage& a,
                                          const SourceImage& b) {
  if (a.manifest_digest == b.manifest_digest && !a.manifest_digest.empty()) {
    return "";
  }
  const std::vector<std::string> instructions = LayerInstructions(a);
  std::string text;
  std::set<std::string> told;
  Applied in_a(a);
  Applied in_b(b);
  for (size_t i = 0; i < std::max(a.layers.size(), b.layers.size()); ++i) {
    ABSL_RETURN_IF_ERROR(in_a.ApplyNext());
    ABSL_RETURN_IF_ERROR(in_b.ApplyNext());
    if (DiffId(a, i) == DiffId(b, i)) continue;
    absl::StrAppend(&text, i < instructions.size() ? instructions[i] : "layer",
                    "\n");
    ABSL_ASSIGN_OR_RETURN(const std::string differences,
                          NewDifferences(in_a, in_b, told));
    text += differences.empty()
                ? "the bytes of the layers differ, but not their files\n"
                : differences;
  }
  if (text.empty()) {
    ABSL_ASSIGN_OR_RETURN(text, ConfigDifference(a, b));
  }
  return text.empty() ? "the manifests differ\n" : text;
}

}  // namespace rules_dockerfile
