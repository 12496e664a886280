// @vitest-environment happy-dom
import { describe, expect, it } from "vitest";

import { piecesOf, safeHtml } from "./safeHtml";

describe("the HTML of a message", () => {
  it("keeps words and styles, and loses whatever runs, loads or leads away", () => {
    const { page } = safeHtml(
      `<style>p{color:red}</style><script>steal()</script><meta http-equiv="refresh" content="0;url=https://evil.example">
       <base href="https://evil.example/"><p onclick="steal()" style="margin:0">Ciao</p><object data="https://evil.example/x"></object>
       <img src="https://evil.example/pixel.gif" srcset="https://evil.example/2x.gif 2x"><form action="https://evil.example"><input></form>`,
    );
    expect(page).toContain("Ciao");
    expect(page).toContain("margin:0");
    expect(page).not.toContain("evil.example");
    expect(page).not.toContain("steal");
    expect(page).not.toContain("onclick");
  });

  it("keeps pictures that stand in the message itself", () => {
    expect(safeHtml(`<img src="data:image/gif;base64,R0lGOD">`).page).toContain("data:image/gif;base64,R0lGOD");
  });

  it("has a policy that lets nothing be loaded but data", () => {
    expect(safeHtml("<p>x</p>").page).toContain("default-src 'none'; img-src data:");
  });

  it("numbers its links, which lead nowhere by themselves", () => {
    const { page, links } = safeHtml(`<a href="https://shop.example.com/a?b=1&amp;c=2">Choose <b>yours</b></a> <a href="https://shop.example.com/x"><img alt="A robot"></a>`);
    expect(links).toEqual([
      { url: "https://shop.example.com/a?b=1&c=2", words: "Choose yours" },
      { url: "https://shop.example.com/x", words: "A robot" },
    ]);
    expect(page).toContain(`data-link="1"`);
    expect(page).not.toContain("href");
  });

  it("takes no address for a link that is none of the web", () => {
    expect(safeHtml(`<a href="javascript:alert(1)">a</a><a href="mailto:a@example.com">b</a>`)).toMatchObject({ links: [] });
  });
});

describe("the text of a message", () => {
  it("is cut into words and web addresses, without the full stop behind one", () => {
    expect(piecesOf("Look: https://shop.example.com/a?coupon=X1. Bye")).toEqual([
      { text: "Look: " },
      { text: "https://shop.example.com/a?coupon=X1", url: "https://shop.example.com/a?coupon=X1" },
      { text: ". Bye" },
    ]);
  });

  it("of words alone is one piece", () => {
    expect(piecesOf("Ciao")).toEqual([{ text: "Ciao" }]);
  });
});
