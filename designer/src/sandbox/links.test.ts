import { describe, expect, it } from "vitest";

import { destinationOf, orderOf } from "./links";

describe("links of messages", () => {
  it("a link tells its host, its code and its product", () => {
    expect(destinationOf("https://shop.example.com/products/TOY-01?coupon=ABC")).toEqual({
      url: "https://shop.example.com/products/TOY-01?coupon=ABC", host: "shop.example.com", coupon: "ABC", product: "TOY-01",
    });
    expect(destinationOf("https://shop.example.com/spring")).toMatchObject({ coupon: null, product: null });
  });

  it("what is no address is shown as it is", () => {
    expect(destinationOf("nonsense")).toEqual({ url: "nonsense", host: "nonsense", coupon: null, product: null });
  });

  it("an order takes the code and the product along, and nothing that is not there", () => {
    expect(orderOf(destinationOf("https://a.example/product/X?coupon=C"), 64, "7")).toEqual({ order_id: "7", channel: "online", total: 64, coupon: "C", product_id: "X" });
    expect(orderOf(destinationOf("https://a.example/"), 10, "8")).toEqual({ order_id: "8", channel: "online", total: 10 });
  });
});
