import type { Entry } from "../../console/command.ts";
import { globalFlags } from "../registry/global-flags.ts";
import { registry } from "../registry/registry.ts";

export const SHELLS = ["bash", "zsh", "fish", "powershell"] as const;
export type Shell = (typeof SHELLS)[number];

/** The script that completes commands and flags in a shell. All names are in it: completing starts no process. */
export function completionScript(shell: Shell): string {
  const commands = registry.commands.filter(({ hidden }) => !hidden).map(describe);
  switch (shell) {
    case "bash":
      return bash(commands);
    case "zsh":
      return zsh(commands);
    case "fish":
      return fish(commands);
    case "powershell":
      return powershell(commands);
    default:
      return shell satisfies never;
  }
}

interface Described {
  readonly name: string;
  readonly summary: string;
  readonly aliases: readonly string[];
  /** Long names, without dashes, with their help. */
  readonly flags: readonly (readonly [name: string, help: string])[];
}

function describe({ name, summary, aliases = [], flags = {} }: Entry): Described {
  const visible = Object.entries({ ...flags, ...globalFlags }).filter(([, flag]) => !flag.hidden);
  const described = [
    ...visible.map(([flag, { help }]) => [flag, help] as const),
    ["help", `help for ${name}`] as const,
  ];
  return { name, summary, aliases, flags: described };
}

const names = (commands: readonly Described[]): string => commands.map(({ name }) => name).join(" ");
const words = ({ name, aliases }: Described): readonly string[] => [name, ...aliases];
const longFlags = ({ flags }: Described): string => flags.map(([flag]) => `--${flag}`).join(" ");

const bash = (commands: readonly Described[]): string => `# bash completion for fmail
# Load it with: source <(fmail completion bash)
__start_fmail() {
  local current="\${COMP_WORDS[COMP_CWORD]}" command="" candidates="" word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    if [[ "$word" != -* ]]; then command="$word"; break; fi
  done
  case "$command" in
    "") candidates="${names(commands)} --help --robot-help --version" ;;
${commands.map((described) => `    ${words(described).join("|")}) candidates="${longFlags(described)}" ;;`).join("\n")}
  esac
  COMPREPLY=()
  if [[ -z "$command" || "$current" == -* ]]; then
    COMPREPLY=($(compgen -W "$candidates" -- "$current"))
  fi
}
complete -o default -F __start_fmail fmail
`;

const zsh = (commands: readonly Described[]): string => `#compdef fmail
# zsh completion for fmail
# Load it with: source <(fmail completion zsh)
_fmail() {
  local command="" word
  local -a candidates
  for word in "\${(@)words[2,CURRENT-1]}"; do
    if [[ "$word" != -* ]]; then command="$word"; break; fi
  done
  case "$command" in
    "") candidates=(${commands.map(({ name, summary }) => quoted(`${name}:${summary}`)).join(" ")}) ;;
${commands.map(zshCase).join("\n")}
  esac
  if [[ -z "$command" || "\${words[CURRENT]}" == -* ]]; then
    _describe -t fmail fmail candidates
  else
    _files
  fi
}
if [ "$funcstack[1]" = "_fmail" ]; then _fmail "$@"; else compdef _fmail fmail; fi
`;

const zshCase = (described: Described): string => {
  const candidates = described.flags.map(([flag, help]) =>
    quoted(`--${flag}:${help.replaceAll(":", "\\:")}`),
  );
  return `    ${words(described).join("|")}) candidates=(${candidates.join(" ")}) ;;`;
};

const fish = (commands: readonly Described[]): string => `# fish completion for fmail
# Load it with: fmail completion fish | source
${commands
  .flatMap((described) => [
    `complete -c fmail -n __fish_use_subcommand -f -a ${described.name} -d ${quoted(described.summary)}`,
    ...described.flags.map(
      ([flag, help]) =>
        `complete -c fmail -n '__fish_seen_subcommand_from ${words(described).join(" ")}' -l ${flag} -d ${quoted(help)}`,
    ),
  ])
  .join("\n")}
`;

const powershell = (commands: readonly Described[]): string => `# powershell completion for fmail
# Load it with: fmail completion powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName fmail -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $flags = @{
${commands.flatMap((described) => words(described).map((word) => `    '${word}' = '${longFlags(described)}'`)).join("\n")}
  }
  $command = $commandAst.CommandElements | Select-Object -Skip 1 | ForEach-Object { "$_" } |
    Where-Object { $flags.ContainsKey($_) } | Select-Object -First 1
  $candidates = if ($command) { $flags[$command] } else { '${names(commands)}' }
  $candidates -split ' ' | Where-Object { $_ -like "$wordToComplete*" } |
    ForEach-Object { [System.Management.Automation.CompletionResult]::new($_) }
}
`;

/** In single quotes, as zsh and fish read them. */
const quoted = (text: string): string => `'${text.replaceAll("'", "")}'`;
