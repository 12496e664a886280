"""Events from shops and pages, in the shape in which analytics SDKs send them."""
