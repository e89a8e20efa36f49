/** A piece of a template: text as it stands, or what is between `{{` and `}}`, trimmed. */
export type Token =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "action"; readonly action: string };

// Quoted texts may hold braces.
const ACTION =
  /\{\{(-\s)?((?:"(?:[^"\\\n]|\\.)*"|`[^`]*`|\/\*[\s\S]*?\*\/|(?!\}\}|\s-\}\}|["`])[\s\S])*)(\s-)?\}\}/g;

/** Cuts a template into text and actions; comments are left out. Throws `unclosed action`. */
export function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  let from = 0;
  let trimsNext = false;
  const addText = (until: number, trimsEnd: boolean) => {
    let piece = text.slice(from, until);
    if (piece.includes("{{")) throw new Error("unclosed action");
    if (trimsNext) piece = piece.trimStart();
    if (trimsEnd) piece = piece.trimEnd();
    if (piece !== "") tokens.push({ kind: "text", text: piece });
  };
  for (const { 0: whole, 1: trimBefore, 2: action = "", 3: trimAfter, index } of text.matchAll(ACTION)) {
    addText(index, trimBefore !== undefined);
    from = index + whole.length;
    trimsNext = trimAfter !== undefined;
    const isComment = /^\/\*[\s\S]*\*\/$/.test(action.trim());
    if (!isComment) tokens.push({ kind: "action", action: action.trim() });
  }
  addText(text.length, false);
  return tokens;
}
