/** Layout beside the page's own thread: five hundred nodes take dagre up to a second. */

import { layout, type Drawing } from "../graph/layout";

self.addEventListener("message", (event: MessageEvent<Drawing>) => self.postMessage(layout(event.data)));
