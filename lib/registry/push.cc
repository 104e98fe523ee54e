#include "lib/registry/push.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "lib/base/byte_pipe.h"
#include "lib/base/byte_sink.h"
#include "lib/base/byte_source.h"
#include "lib/base/file.h"
#include "lib/base/parallel.h"
#include "lib/oci/artifact_manifest.h"
#include "lib/oci/descriptor.h"
#include "lib/oci/index.h"
#include "lib/oci/manifest.h"
#include "lib/oci/media_type.h"
#include "lib/reference/reference.h"
#include "lib/registry/client.h"
#include "lib/registry/clients.h"
#include "lib/registry/mount_sources.h"
#include "lib/registry/push_image.h"
#include "lib/registry/referrers.h"

namespace rules_dockerfile {
namespace {

// A question is short, and the longest part of it is the way.
constexpr int kQuestions = 16;  // at a time

using Annotations = std::map<std::string, std::string>;

// A blob that a repository is to have.
struct BlobTask {
  const PushTarget* target;
  RegistryClient* client;
  Descriptor blob;
  std::vector<std::string> mount_from;
  bool is_sent_elsewhere = false;  // to the last of `mount_from`, before this
};

// A manifest that an index lists.
struct ManifestTask {
  RegistryClient* client;
  Descriptor manifest;
  const std::string* text;
};

struct Plan {
  std::vector<BlobTask> first;   // of those that several repositories require
  std::vector<BlobTask> others;  // mounted from where the first went
  std::vector<ManifestTask> manifests;
};

// Tells the observer of what is read.
class ObservedSource : public ByteSource {
 public:
  ObservedSource(std::unique_ptr<ByteSource> source, PushObserver& observer)
      : source_(std::move(source)), observer_(&observer) {}
  int64_t size() const override { return source_->size(); }
  absl::StatusOr<size_t> Read(absl::Span<char> buffer) override {
    absl::StatusOr<size_t> n = source_->Read(buffer);
    if (n.ok()) observer_->Sending(static_cast<int64_t>(*n));
    return n;
  }
  absl::Status Seek(int64_t offset) override { return source_->Seek(offset); }

 private:
  std::unique_ptr<ByteSource> source_;
  PushObserver* observer_;
};

// What one push works with.
class Push {
 public:
  Push(const PushOptions& options, RegistryClients& clients,
       PushObserver& observer)
      : options_(options), clients_(clients), observer_(observer) {}

  absl::StatusOr<Plan> MakePlan(absl::Span<const PushTarget> targets);
  absl::Status RemovePresent(std::vector<BlobTask>& tasks);
  absl::Status PushBlobs(absl::Span<const BlobTask> tasks);
  absl::Status PushManifests(absl::Span<const ManifestTask> tasks);
  absl::Status PushRoot(const PushTarget& target);
  absl::Status PushReferrers(const PushTarget& target);

 private:
  std::vector<std::string> WithSources(std::vector<std::string> sources,
                                       const Annotations& annotations,
                                       const std::string& registry) const;
  absl::Status AddImage(const PushTarget& target, Plan& plan);
  absl::Status AddBlobs(const PushTarget& target, RegistryClient* client,
                        const std::string& text,
                        const std::vector<std::string>& sources, Plan& plan);
  void AddBlob(BlobTask task, Plan& plan);
  absl::Status PushBlob(const BlobTask& task);
  absl::StatusOr<std::unique_ptr<ByteSource>> Open(const BlobTask& task,
                                                   PushedBlob& pushed);
  absl::StatusOr<std::unique_ptr<ByteSource>> OpenCopy(const BlobTask& task,
                                                       PushedBlob& pushed);

  const PushOptions& options_;
  RegistryClients& clients_;
  PushObserver& observer_;
  // The repository that gets a blob first, by registry and digest.
  std::map<std::pair<std::string, std::string>, std::string> first_;
  std::set<std::pair<RegistryClient*, std::string>> planned_;  // and digest
};

// `sources` and those that the annotations name.
std::vector<std::string> Push::WithSources(std::vector<std::string> sources,
                                           const Annotations& annotations,
                                           const std::string& registry) const {
  for (std::string& source : MountSources(annotations, registry)) {
    sources.push_back(std::move(source));
  }
  return sources;
}

void Push::AddBlob(BlobTask task, Plan& plan) {
  if (!planned_.insert({task.client, task.blob.digest}).second) return;
  const auto [first, is_first] = first_.insert(
      {{task.client->registry(), task.blob.digest}, task.client->repository()});
  if (is_first) {
    plan.first.push_back(std::move(task));
  } else {
    task.mount_from.push_back(first->second);
    task.is_sent_elsewhere = true;
    plan.others.push_back(std::move(task));
  }
}

// Adds what the manifest of `text` names.
absl::Status Push::AddBlobs(const PushTarget& target, RegistryClient* client,
                            const std::string& text,
                            const std::vector<std::string>& sources,
                            Plan& plan) {
  ABSL_ASSIGN_OR_RETURN(ImageManifest manifest, ParseManifest(text));
  const std::vector<std::string> all =
      WithSources(sources, manifest.annotations, client->registry());
  manifest.layers.push_back(manifest.config);
  for (const Descriptor& blob : manifest.layers) {
    AddBlob(
        {.target = &target,
         .client = client,
         .blob = blob,
         .mount_from = WithSources(all, blob.annotations, client->registry())},
        plan);
  }
  return absl::OkStatus();
}

absl::Status Push::AddImage(const PushTarget& target, Plan& plan) {
  const PushImage& image = *target.image;
  ABSL_ASSIGN_OR_RETURN(RegistryClient* const client,
                        clients_.Get(target.repository));
  std::vector<std::string> sources;
  for (const ImageReference& source : options_.sources) {
    if (source.registry == client->registry()) {
      sources.push_back(source.repository);
    }
  }
  sources = WithSources(std::move(sources), image.root.annotations,
                        client->registry());
  const std::string& root = image.documents.at(image.root.digest);
  if (!IsIndexMediaType(image.root.media_type)) {
    return AddBlobs(target, client, root, sources, plan);
  }
  ABSL_ASSIGN_OR_RETURN(const ImageIndex index, ParseIndex(root));
  for (const Descriptor& manifest : index.manifests) {
    const std::string& text = image.documents.at(manifest.digest);
    ABSL_RETURN_IF_ERROR(AddBlobs(target, client, text, sources, plan));
    if (planned_.insert({client, manifest.digest}).second) {
      plan.manifests.push_back(
          {.client = client, .manifest = manifest, .text = &text});
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<Plan> Push::MakePlan(absl::Span<const PushTarget> targets) {
  Plan plan;
  for (const PushTarget& target : targets) {
    for (const std::string& tag : target.tags) {
      ABSL_RETURN_IF_ERROR(CheckTag(tag));
    }
    ABSL_RETURN_IF_ERROR(AddImage(target, plan));
  }
  int64_t size = 0;
  for (const BlobTask& task : plan.first) size += task.blob.size;
  for (const BlobTask& task : plan.others) size += task.blob.size;
  observer_.Begin(static_cast<int64_t>(plan.first.size() + plan.others.size()),
                  size);
  return plan;
}

// The bytes of a blob that is left in a registry, from the first that has it.
absl::StatusOr<std::unique_ptr<ByteSource>> Push::OpenCopy(const BlobTask& task,
                                                           PushedBlob& pushed) {
  for (const ImageReference& source : options_.sources) {
    ABSL_ASSIGN_OR_RETURN(RegistryClient* const client, clients_.Get(source));
    const absl::StatusOr<bool> has_blob =
        client->HasBlob(task.blob.digest, "pull");
    // What cannot be asked may not be meant: a base with a private name.
    if (!has_blob.value_or(false)) continue;
    pushed.copied_from = FamiliarText(
        {.registry = source.registry, .repository = source.repository});
    return std::make_unique<PipeSource>(
        task.blob.size, [client, blob = task.blob](ByteSink& sink) {
          return client->StreamBlob(blob, sink);
        });
  }
  return absl::NotFoundError(
      absl::StrCat("layer \"", task.blob.digest,
                   "\" is missing, and no repository of a base has it"));
}

absl::StatusOr<std::unique_ptr<ByteSource>> Push::Open(const BlobTask& task,
                                                       PushedBlob& pushed) {
  const PushImage& image = *task.target->image;
  const auto document = image.documents.find(task.blob.digest);
  if (document != image.documents.end()) {
    return std::make_unique<ViewSource>(document->second);
  }
  const auto file = image.files.find(task.blob.digest);
  if (file == image.files.end()) return OpenCopy(task, pushed);
  ABSL_ASSIGN_OR_RETURN(FileSource source, FileSource::Open(file->second));
  return std::make_unique<FileSource>(std::move(source));
}

absl::Status Push::PushBlob(const BlobTask& task) {
  PushedBlob pushed = {.repository = task.target->repository,
                       .digest = task.blob.digest,
                       .size = task.blob.size};
  if (options_.dry_run) {
    ABSL_ASSIGN_OR_RETURN(pushed.outcome,
                          task.client->PlanBlob(task.blob, task.mount_from));
    if (pushed.outcome == BlobOutcome::kSent && task.is_sent_elsewhere) {
      pushed.outcome = BlobOutcome::kMounted;
    }
    if (pushed.outcome == BlobOutcome::kSent) {
      ABSL_RETURN_IF_ERROR(Open(task, pushed).status());
    }
  } else {
    const OpenBlob open = [&]() -> absl::StatusOr<std::unique_ptr<ByteSource>> {
      ABSL_ASSIGN_OR_RETURN(std::unique_ptr<ByteSource> source,
                            Open(task, pushed));
      return std::make_unique<ObservedSource>(std::move(source), observer_);
    };
    ABSL_ASSIGN_OR_RETURN(
        pushed.outcome,
        task.client->PushMissingBlob(task.blob, open, task.mount_from));
  }
  observer_.Done(pushed);
  return absl::OkStatus();
}

// Reports the blobs that are where they are to be, and removes them from the
// tasks.
absl::Status Push::RemovePresent(std::vector<BlobTask>& tasks) {
  std::vector<char> present(tasks.size(), false);
  ABSL_RETURN_IF_ERROR(ForEachInParallel(
      tasks.size(), kQuestions, [&](size_t i) -> absl::Status {
        const BlobTask& task = tasks[i];
        ABSL_ASSIGN_OR_RETURN(
            present[i], task.client->HasBlob(task.blob.digest, "pull,push"));
        if (!present[i]) return absl::OkStatus();
        observer_.Done({.repository = task.target->repository,
                        .digest = task.blob.digest,
                        .size = task.blob.size,
                        .outcome = BlobOutcome::kPresent});
        return absl::OkStatus();
      }));
  std::vector<BlobTask> missing;
  for (size_t i = 0; i < tasks.size(); ++i) {
    if (!present[i]) missing.push_back(std::move(tasks[i]));
  }
  tasks = std::move(missing);
  return absl::OkStatus();
}

absl::Status Push::PushBlobs(absl::Span<const BlobTask> tasks) {
  return ForEachInParallel(tasks.size(), options_.jobs,
                           [&](size_t i) { return PushBlob(tasks[i]); });
}

absl::Status Push::PushManifests(absl::Span<const ManifestTask> tasks) {
  return ForEachInParallel(tasks.size(), options_.jobs, [&](size_t i) {
    const ManifestTask& task = tasks[i];
    return task.client->PushManifest(task.manifest.digest,
                                     task.manifest.media_type, *task.text);
  });
}

absl::Status Push::PushRoot(const PushTarget& target) {
  const PushImage& image = *target.image;
  ABSL_ASSIGN_OR_RETURN(RegistryClient* const client,
                        clients_.Get(target.repository));
  std::vector<std::string> names = target.tags;
  if (names.empty()) names.push_back(image.root.digest);
  for (const std::string& name : names) {
    ABSL_RETURN_IF_ERROR(client->PushManifest(
        name, image.root.media_type, image.documents.at(image.root.digest)));
  }
  return absl::OkStatus();
}

// One after the other: each may change the list of the same image.
absl::Status Push::PushReferrers(const PushTarget& target) {
  ABSL_ASSIGN_OR_RETURN(RegistryClient* const client,
                        clients_.Get(target.repository));
  for (const Artifact& referrer : target.image->referrers) {
    ABSL_RETURN_IF_ERROR(PushArtifact(referrer, {}, *client));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status PushImages(absl::Span<const PushTarget> targets,
                        const PushOptions& options, RegistryClients& clients,
                        PushObserver& observer) {
  Push push(options, clients, observer);
  ABSL_ASSIGN_OR_RETURN(Plan plan, push.MakePlan(targets));
  if (!options.dry_run) {
    ABSL_RETURN_IF_ERROR(push.RemovePresent(plan.first));
    ABSL_RETURN_IF_ERROR(push.RemovePresent(plan.others));
  }
  ABSL_RETURN_IF_ERROR(push.PushBlobs(plan.first));
  ABSL_RETURN_IF_ERROR(push.PushBlobs(plan.others));
  if (options.dry_run) return absl::OkStatus();
  ABSL_RETURN_IF_ERROR(push.PushManifests(plan.manifests));
  for (const PushTarget& target : targets) {
    ABSL_RETURN_IF_ERROR(push.PushRoot(target));
  }
  for (const PushTarget& target : targets) {
    ABSL_RETURN_IF_ERROR(push.PushReferrers(target));
  }
  return absl::OkStatus();
}

}  // namespace rules_dockerfile
