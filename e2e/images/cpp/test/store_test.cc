#include "store.h"

int main() {
  Store store(":memory:");
  store.Add("a");
  store.Add("b");
  return store.List() == std::vector<std::string>{"a", "b"} ? 0 : 1;
}
