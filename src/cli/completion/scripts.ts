/**
 * The completion scripts. They know no command themselves: each asks `forge __complete`, which answers from the registry
 * and the database in a few milliseconds, so a script never goes stale. The answer is one `word<TAB>description` per
 * line and a last line `:4`, or `:0` where files may follow.
 */
export const COMPLETION_SCRIPTS: Readonly<Record<string, string>> = {
  bash: `# bash completion for forge
# Load it with: source <(forge completion bash)
_forge_complete() {
  local line word directive=":0" IFS=$'\\n'
  local words=("\${COMP_WORDS[@]:1:COMP_CWORD}")
  COMPREPLY=()
  while IFS= read -r line; do
    case "$line" in
      :[0-9]*) directive="$line" ;;
      *) word="\${line%%$'\\t'*}"; COMPREPLY+=("$(printf '%q' "$word")") ;;
    esac
  done < <(forge __complete "\${words[@]}" 2>/dev/null)
  if [[ "$directive" == ":0" && \${#COMPREPLY[@]} -eq 0 ]]; then
    compopt -o default 2>/dev/null
  fi
}
complete -F _forge_complete forge
`,
  zsh: `#compdef forge
# zsh completion for forge
# Load it with: source <(forge completion zsh)
_forge() {
  local line directive=":0"
  local -a candidates
  while IFS= read -r line; do
    case "$line" in
      :[0-9]*) directive="$line" ;;
      *$'\\t'*) candidates+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}") ;;
      *) candidates+=("\${line//:/\\\\:}") ;;
    esac
  done < <(forge __complete "\${(@)words[2,CURRENT]}" 2>/dev/null)
  (( \${#candidates} )) && _describe -t forge forge candidates
  [[ "$directive" == ":0" ]] && _files
}
if [ "$funcstack[1]" = "_forge" ]; then _forge "$@"; else compdef _forge forge; fi
`,
  fish: `# fish completion for forge
# Load it with: forge completion fish | source
function __forge_complete
  set -l words (commandline -opc) (commandline -ct)
  forge __complete $words[2..-1] 2>/dev/null | string match -rv '^:[0-9]+$'
end
function __forge_wants_files
  set -l words (commandline -opc) (commandline -ct)
  forge __complete $words[2..-1] 2>/dev/null | string match -q ':0'
end
complete -c forge -f -a '(__forge_complete)'
complete -c forge -n __forge_wants_files -F
`,
};
