/** How long a text message is, as providers count it. */

const SIMPLE = /^[\n\r !"#$%&'()*+,\-./0-9:;<=>?@A-Z_a-z{|}~^[\]\\€£¥èéùìòÇØøÅåΔΦΓΛΩΠΨΣΘΞÆæßÉ¤¡ÄÖÑÜ§¿äöñüà]*$/u;
const DOUBLE = /[\^{}\\[\]~|€]/gu;

/** How many text messages a provider will count for it: signs outside the phone alphabet cost more than half the room. */
export function partsOf(text: string): { readonly signs: number; readonly parts: number } {
  const plain = SIMPLE.test(text);
  const signs = plain ? text.length + (text.match(DOUBLE)?.length ?? 0) : text.length;
  const [one, more] = plain ? [160, 153] : [70, 67];
  return { signs, parts: signs === 0 ? 0 : signs <= one ? 1 : Math.ceil(signs / more) };
}
