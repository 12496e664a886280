// In CI every property is tried on the same cases each time; elsewhere on new ones. A failure names its seed either way.
import fc from "fast-check";

if (process.env["CI"]) fc.configureGlobal({ seed: 20_260_101 });
