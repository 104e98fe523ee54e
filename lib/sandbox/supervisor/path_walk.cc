#include "lib/sandbox/supervisor/path_walk.h"

#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <optional>
#include <string>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "lib/process/unique_fd.h"
#include "lib/sandbox/supervisor/known_directories.h"
#include "lib/sandbox/supervisor/target_file.h"
#include "lib/sandbox/supervisor/target_process.h"

namespace rules_dockerfile {
namespace {

constexpr int kMaxLinks = 40;  // MAXSYMLINKS of the kernel

// The part of a path that is next, and what follows it.
struct NextPart {
  std::string name;
  bool last = false;
  bool slash = false;  // follows it
};

void SkipSlashes(absl::string_view& path) {
  while (absl::ConsumePrefix(&path, "/")) {
  }
}

// "" at the end of the path.
NextPart TakePart(std::string& path) {
  absl::string_view rest = path;
  SkipSlashes(rest);
  const absl::string_view name = rest.substr(0, rest.find('/'));
  rest.remove_prefix(name.size());
  const bool slash = !rest.empty();
  SkipSlashes(rest);
  NextPart part = {std::string(name), rest.empty(), slash};
  path = std::string(rest);
  return part;
}

// That of this thread.
std::optional<TargetFile> RootDirectory(const SupervisorHandles& handles,
                                        bool chrooted) {
  if (!chrooted) return handles.directories->Root(handles.proc_fd);
  return TargetFile::Take(UniqueFd(open("/", O_PATH | O_DIRECTORY | O_CLOEXEC)),
                          handles.proc_fd);
}

class Walk {
 public:
  Walk(TargetFile start, std::string path, LastPart last, FoundFile found,
       absl::FunctionRef<bool(const TargetFile&)> may_search,
       const SupervisorHandles& handles, bool chrooted)
      : here_(std::move(start)),
        path_(std::move(path)),
        last_(last),
        found_(found),
        may_search_(may_search),
        handles_(handles),
        chrooted_(chrooted) {}

  WalkEnd Run() {
    WalkEnd end;
    while (Step(end)) {
    }
    return end;
  }

 private:
  // False at the end.
  bool Step(WalkEnd& end) {
    const NextPart part = TakePart(path_);
    if (part.name.empty()) {  // "/", "a/..", "."
      end.file = std::move(here_);
      return false;
    }
    if (!S_ISDIR(here_.info().st_mode)) return false;
    if (handles_.directories->DependsOnWhoLooks(here_)) {
      end.in_proc = true;
      return false;
    }
    if (!may_search_(here_)) {
      end.refused = true;
      return false;
    }
    if (part.name == ".") return true;
    std::optional<TargetFile> next = LookUp(part);
    if (next.has_value() && S_ISLNK(next->info().st_mode) && Follows(part)) {
      return FollowLink(*next, part);
    }
    if (part.name == ".." || !part.last) {
      if (!next.has_value()) return false;
      here_ = *std::move(next);
      return true;
    }
    if (!next.has_value() && errno != ENOENT) return false;
    if (next.has_value() && part.slash && last_ != LastPart::kName &&
        !S_ISDIR(next->info().st_mode)) {
      return false;  // ENOTDIR
    }
    end.directory = std::move(here_);
    end.name = part.name;
    end.slash = part.slash;
    end.file = std::move(next);
    return false;
  }

  // nullopt and errno if no such file.
  std::optional<TargetFile> LookUp(const NextPart& part) {
    const std::string& name = part.name;
    const bool up = name == "..";
    if (!up) {
      std::optional<TargetFile> known = handles_.directories->Find(here_, name);
      if (known.has_value()) return known;
    }
    const bool looks = part.last && !up && found_ == FoundFile::kLookedAt;
    std::optional<TargetFile> file =
        looks ? TargetFile::LookAt(here_, name) : TargetFile::At(here_, name);
    if (!up && file.has_value() &&
        (S_ISDIR(file->info().st_mode) || S_ISLNK(file->info().st_mode))) {
      handles_.directories->Remember(here_, name, *file);
    }
    return file;
  }

  bool Follows(const NextPart& part) const {
    if (!part.last || last_ == LastPart::kFollowed) return true;
    return last_ == LastPart::kItself && part.slash;
  }

  bool FollowLink(const TargetFile& link, const NextPart& part) {
    char target[PATH_MAX];
    const ssize_t size = readlinkat(link.fd(), "", target, sizeof target);
    if (size <= 0 || size == sizeof target || ++links_ > kMaxLinks) {
      return false;
    }
    const absl::string_view text(target, static_cast<size_t>(size));
    path_ = absl::StrCat(text, part.slash ? "/" : "", path_);
    if (!absl::StartsWith(text, "/")) return true;
    std::optional<TargetFile> root = RootDirectory(handles_, chrooted_);
    if (!root.has_value()) return false;
    here_ = *std::move(root);
    return true;
  }

  TargetFile here_;
  std::string path_;
  LastPart last_;
  FoundFile found_;
  absl::FunctionRef<bool(const TargetFile&)> may_search_;
  const SupervisorHandles& handles_;
  bool chrooted_;
  int links_ = 0;
};

}  // namespace

WalkEnd WalkPath(const TargetProcess& process, int directory_fd,
                 const std::string& path, LastPart last, FoundFile found,
                 bool chrooted,
                 absl::FunctionRef<bool(const TargetFile&)> may_search) {
  WalkEnd end;
  if (path.empty()) {
    end.path_is_empty = true;
    return end;
  }
  const PathView view = {.chrooted = chrooted};
  std::string left = path;
  UniqueFd start = process.Start(directory_fd, view, left);
  // The link's own name; and what it leads to need not be a file of an image.
  if (left.empty()) {
    end.in_proc = true;
    return end;
  }
  const bool from_root = absl::StartsWith(left, "/");
  process.WithView(view, [&] {
    std::optional<TargetFile> here =
        from_root
            ? RootDirectory(process.handles(), chrooted)
            : TargetFile::TakeOpen(std::move(start), process.handles().proc_fd);
    if (!here.has_value()) return;
    end = Walk(*std::move(here), left, last, found, may_search,
               process.handles(), chrooted)
              .Run();
  });
  return end;
}

}  // namespace rules_dockerfile
