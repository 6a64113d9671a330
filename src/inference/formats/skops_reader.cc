#include "inference/formats/skops_reader.h"

#include <utility>

#include "inference/formats/object_factory.h"
#include "inference/formats/skops_nodes.h"
#include "inference/formats/zip_archive.h"

namespace yard::inference::formats {

base::Result<ObjectGraph> ReadSkops(std::string_view bytes) {
  constexpr size_t kMaxObjects = 8'000'000;
  constexpr size_t kFreeBytes = size_t{64} << 20;  // sparse matrices are compressed once more
  constexpr size_t kCopies = 4;                    // the schema, its texts, and each array once
  YARD_ASSIGN_OR_RETURN(const ZipArchive archive, ZipArchive::Open(bytes));
  auto schema = archive.Read("schema.json");
  if (!schema.ok()) {
    if (schema.error().code() != base::Code::kNotFound) return std::move(schema).error();
    return base::InvalidArgument("the zip file holds no schema.json, so it is no skops file")
        .WithReason("malformed_skops");
  }
  ObjectGraph graph;
  ObjectFactory factory(graph, {kMaxObjects, kFreeBytes + kCopies * archive.content_bytes()});
  SkopsNodes nodes(archive, factory);
  YARD_ASSIGN_OR_RETURN(const Object* root, nodes.ReadSchema(*schema));
  graph.SetRoot(*root);
  return graph;
}

}  // namespace yard::inference::formats
