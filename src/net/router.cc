#include "net/router.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "base/log.h"

namespace yard::net {

struct Router::Route {
  BlockingHandler blocking;
  AsyncHandler async;
  RouteOptions options;
  std::string pattern;
  std::vector<std::string> parameter_names;
  size_t index = 0;
};

struct Router::Node {
  std::map<std::string, std::unique_ptr<Node>, std::less<>> literals;
  std::unique_ptr<Node> parameter;               // {name}
  std::unique_ptr<Node> rest;                    // {name*}
  std::vector<std::pair<Method, Route>> routes;  // of the pattern that ends here

  const Route* Find(Method method) const {
    for (const auto& [candidate, route] : routes) {
      if (candidate == method) return &route;
    }
    return method == Method::kHead ? Find(Method::kGet) : nullptr;
  }
};

namespace {

constexpr size_t kMaxParameters = 16;

/// Cuts the first segment off `path`, which begins with '/'.
std::string_view TakeSegment(std::string_view& path) {
  path.remove_prefix(1);
  const size_t end = std::min(path.find('/'), path.size());
  const std::string_view segment = path.substr(0, end);
  path.remove_prefix(end);
  return segment;
}

bool IsParameter(std::string_view segment) {
  return segment.size() > 2 && segment.front() == '{' && segment.back() == '}';
}

bool IsRest(std::string_view segment) {
  return IsParameter(segment) && segment[segment.size() - 2] == '*';
}

std::string ParameterName(std::string_view segment) {
  return std::string(segment.substr(1, segment.size() - (IsRest(segment) ? 3 : 2)));
}

template <typename Child>
Child& Made(std::unique_ptr<Child>& child) {
  if (!child) child = std::make_unique<Child>();
  return *child;
}

}  // namespace

/// One search: the values of the parameters on the way, and the first node that matches the path
/// but has no route for the method.
struct Router::Walk {
  Method method;
  std::array<std::string_view, kMaxParameters> values;
  size_t value_count = 0;
  const Node* other_methods = nullptr;

  const Route* Find(const Node& node, std::string_view path) {
    if (path.empty()) return RouteOf(node);
    const std::string_view whole = path;
    const std::string_view segment = TakeSegment(path);
    if (const Route* route = FindLiteral(node, segment, path)) return route;
    if (node.parameter && !segment.empty()) {
      if (const Route* route = FindBelow(*node.parameter, segment, path)) return route;
    }
    return node.rest ? FindBelow(*node.rest, whole.substr(1), {}) : nullptr;
  }

 private:
  const Route* FindLiteral(const Node& node, std::string_view segment, std::string_view path) {
    const bool encoded = segment.find('%') != std::string_view::npos;
    const auto child =
        encoded ? node.literals.find(PercentDecode(segment)) : node.literals.find(segment);
    return child == node.literals.end() ? nullptr : Find(*child->second, path);
  }

  const Route* FindBelow(const Node& node, std::string_view value, std::string_view path) {
    if (value_count == kMaxParameters) return nullptr;
    values[value_count++] = value;
    const Route* route = Find(node, path);
    if (route == nullptr) --value_count;
    return route;
  }

  const Route* RouteOf(const Node& node) {
    const Route* route = node.Find(method);
    if (route == nullptr && !node.routes.empty() && other_methods == nullptr) other_methods = &node;
    return route;
  }
};

Router::Router() : root_(std::make_unique<Node>()) {}
Router::~Router() = default;

void Router::Handle(Method method, std::string_view pattern, BlockingHandler handler,
                    RouteOptions options) {
  Route route;
  route.blocking = std::move(handler);
  route.options = options;
  Add(method, pattern, std::move(route));
}

void Router::HandleAsync(Method method, std::string_view pattern, AsyncHandler handler,
                         RouteOptions options) {
  Route route;
  route.async = std::move(handler);
  route.options = options;
  Add(method, pattern, std::move(route));
}

void Router::Add(Method method, std::string_view pattern, Route route) {
  route.pattern = pattern;
  route.index = route_count_++;
  Node* node = root_.get();
  for (std::string_view path = pattern; !path.empty();) {
    const std::string_view segment = TakeSegment(path);
    if (IsParameter(segment)) route.parameter_names.push_back(ParameterName(segment));
    if (IsRest(segment)) {
      if (!path.empty()) YARD_BUG("a route's {name*} must come last");
      node = &Made(node->rest);
    } else if (IsParameter(segment)) {
      node = &Made(node->parameter);
    } else {
      node = &Made(node->literals[std::string(segment)]);
    }
  }
  if (route.parameter_names.size() > kMaxParameters) YARD_BUG("a route has too many parameters");
  for (const auto& [taken, existing] : node->routes) {
    if (taken == method) YARD_BUG("a route was added twice");
  }
  node->routes.emplace_back(method, std::move(route));
}

void Router::Fallback(AsyncHandler handler) { fallback_ = std::move(handler); }

namespace {

void AddOnce(std::vector<Method>& methods, Method method) {
  if (std::find(methods.begin(), methods.end(), method) == methods.end()) methods.push_back(method);
}

}  // namespace

Router::Match Router::Find(Method method, std::string_view path) const {
  Match match;
  Walk walk{method, {}, 0, nullptr};
  const bool absolute = !path.empty() && path.front() == '/';
  const Route* route = absolute ? walk.Find(*root_, path) : nullptr;
  if (route != nullptr) {
    match.blocking = route->blocking ? &route->blocking : nullptr;
    match.async = route->async ? &route->async : nullptr;
    match.options = route->options;
    match.pattern = route->pattern;
    match.route = route->index;
    for (size_t i = 0; i < walk.value_count; ++i)
      match.path_parameters.emplace_back(route->parameter_names[i], PercentDecode(walk.values[i]));
    return match;
  }
  if (walk.other_methods != nullptr) {
    for (const auto& [allowed, other] : walk.other_methods->routes) {
      AddOnce(match.allowed, allowed);
      if (allowed == Method::kGet) AddOnce(match.allowed, Method::kHead);
    }
    AddOnce(match.allowed, Method::kOptions);
    return match;
  }
  if (fallback_) match.async = &fallback_;
  return match;
}

}  // namespace yard::net
