#include "inference/formats/object_factory.h"

#include <utility>

namespace yard::inference::formats {

ObjectFactory::ObjectFactory(ObjectGraph& graph, Limits limits)
    : graph_(graph),
      limits_(limits),
      none_(&graph.New(ObjectKind::kNone)),
      true_(&graph.New(ObjectKind::kBool)),
      false_(&graph.New(ObjectKind::kBool)) {
  true_->boolean = true;
  true_->integer = 1;
}

base::Result<Object*> ObjectFactory::New(ObjectKind kind) {
  if (graph_.size() >= limits_.max_objects) {
    return base::ResourceExhausted("the file holds too many objects",
                                   {"limit", std::to_string(limits_.max_objects)})
        .WithReason("too_many_objects");
  }
  return &graph_.New(kind);
}

base::Result<Object*> ObjectFactory::Bytes(std::string bytes) {
  YARD_ASSIGN_OR_RETURN(Object * object, New(ObjectKind::kBytes));
  object->text = std::move(bytes);
  return object;
}

base::Result<Object*> ObjectFactory::String(std::string text) {
  YARD_ASSIGN_OR_RETURN(Object * object, New(ObjectKind::kString));
  object->text = std::move(text);
  return object;
}

base::Result<Object*> ObjectFactory::Real(double value) {
  YARD_ASSIGN_OR_RETURN(Object * object, New(ObjectKind::kReal));
  object->real = value;
  return object;
}

base::Result<Object*> ObjectFactory::Integer(int64_t value) {
  const bool is_small = value >= 0 && value < static_cast<int64_t>(small_integers_.size());
  if (is_small && small_integers_[static_cast<size_t>(value)] != nullptr)
    return small_integers_[static_cast<size_t>(value)];
  YARD_ASSIGN_OR_RETURN(Object * object, New(ObjectKind::kInteger));
  object->integer = value;
  if (is_small) small_integers_[static_cast<size_t>(value)] = object;
  return object;
}

base::Result<Object*> ObjectFactory::EmptyTuple() {
  if (empty_tuple_ == nullptr) {
    YARD_ASSIGN_OR_RETURN(empty_tuple_, New(ObjectKind::kTuple));
  }
  return empty_tuple_;
}

base::Result<Object*> ObjectFactory::Symbol(std::string_view module, std::string_view name) {
  std::string key;
  key.reserve(module.size() + name.size() + 1);
  key.append(module).append(1, '\n').append(name);
  if (const auto found = symbols_.find(key); found != symbols_.end()) return found->second;
  YARD_RETURN_IF_ERROR(Spend(2 * key.size()));
  YARD_ASSIGN_OR_RETURN(Object * symbol, New(ObjectKind::kSymbol));
  symbol->module = module;
  symbol->text = name;
  symbols_.emplace(std::move(key), symbol);
  return symbol;
}

base::Result<void> ObjectFactory::Spend(size_t count) {
  if (count > limits_.max_copied_bytes - copied_bytes_) {
    return base::ResourceExhausted("the file expands to too many bytes",
                                   {"limit", std::to_string(limits_.max_copied_bytes)})
        .WithReason("too_many_bytes");
  }
  copied_bytes_ += count;
  return {};
}

}  // namespace yard::inference::formats
