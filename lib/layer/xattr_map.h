#ifndef LIB_LAYER_XATTR_MAP_H_
#define LIB_LAYER_XATTR_MAP_H_

#include <cstddef>
#include <initializer_list>
#include <map>
#include <memory>
#include <string>
#include <utility>

namespace rules_dockerfile {

// Values by name, as a std::map<std::string, std::string>, in one pointer: few
// files have any.
class XattrMap {
 public:
  using Map = std::map<std::string, std::string>;
  using value_type = Map::value_type;
  using const_iterator = Map::const_iterator;

  XattrMap() = default;
  XattrMap(Map map)  // NOLINT(google-explicit-constructor)
      : map_(map.empty() ? nullptr : std::make_unique<Map>(std::move(map))) {}
  XattrMap(std::initializer_list<value_type> values) : XattrMap(Map(values)) {}
  XattrMap(const XattrMap& other) : XattrMap(other.map()) {}
  XattrMap& operator=(const XattrMap& other) { return *this = XattrMap(other); }
  XattrMap(XattrMap&&) = default;
  XattrMap& operator=(XattrMap&&) = default;

  const Map& map() const {
    static const Map kNone;
    return map_ == nullptr ? kNone : *map_;
  }
  operator const Map&() const {  // NOLINT(google-explicit-constructor)
    return map();
  }

  const_iterator begin() const { return map().begin(); }
  const_iterator end() const { return map().end(); }
  const_iterator find(const std::string& name) const {
    return map().find(name);
  }
  bool empty() const { return map().empty(); }
  size_t size() const { return map().size(); }

  std::string& operator[](const std::string& name) { return Changed()[name]; }
  void insert(const value_type& value) { Changed().insert(value); }
  template <typename Iterator>
  void insert(Iterator first, Iterator last) {
    if (first != last) Changed().insert(first, last);
  }
  void erase(const std::string& name) {
    if (map_ != nullptr) map_->erase(name);
  }
  void clear() { map_.reset(); }

  friend bool operator==(const XattrMap& a, const XattrMap& b) {
    return a.map() == b.map();
  }

 private:
  Map& Changed() {
    if (map_ == nullptr) map_ = std::make_unique<Map>();
    return *map_;
  }

  std::unique_ptr<Map> map_;
};

}  // namespace rules_dockerfile

#endif  // LIB_LAYER_XATTR_MAP_H_
