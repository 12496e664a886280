/** A condition in a node's form. */

import type { FieldProps } from "../form";
import { JsonField } from "../widgets/groups";

export function ConditionField(props: FieldProps) {
  return <JsonField {...props} />;
}
