import { BUILTIN_SEQUENCES } from "../core/builtin-sequences.ts";
import { BUILTIN_TEMPLATES } from "../core/builtin-templates.ts";
import { readSequence, type Sequence } from "../core/sequence.ts";
import { readTemplate, type Template } from "../core/template.ts";
import type { DefinitionKind } from "./definitions.ts";
import { SYSTEM_SEQUENCES_DIR, SYSTEM_TEMPLATES_DIR, userSequencesDir, userTemplatesDir } from "./paths.ts";

export const TEMPLATES: DefinitionKind<Template> = {
  noun: "template",
  projectFolder: "templates",
  userFolder: userTemplatesDir,
  systemFolder: SYSTEM_TEMPLATES_DIR,
  builtins: BUILTIN_TEMPLATES,
  read: readTemplate,
  // A name in quotes is YAML whatever it holds.
  skeleton: (name) => `\
name: ${JSON.stringify(name)}
description: What this template is for
message: |
  Write the message here. {{.name}} inserts a variable.
`,
};

export const SEQUENCES: DefinitionKind<Sequence> = {
  noun: "sequence",
  projectFolder: "sequences",
  userFolder: userSequencesDir,
  systemFolder: SYSTEM_SEQUENCES_DIR,
  builtins: BUILTIN_SEQUENCES,
  read: readSequence,
  skeleton: (name) => `\
name: ${JSON.stringify(name)}
description: What this sequence is for
steps:
  - type: message
    content: Write the first message here. {{.name}} inserts a variable.
  - type: pause
    duration: 30s
`,
};
