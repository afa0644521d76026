package io.wadi.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A simple command of a shell script, with its words as the shell splits and unquotes them. Variables are not expanded,
 * and commands within words, such as {@code $(…)}, are commands of their own.
 *
 * @param assignments the variables that are set before it, such as {@code A=1}
 * @param words the program and its arguments
 */
public record ShellCommand(List<String> assignments, List<String> words) {
    private static final Set<String> BEFORE_COMMANDS = Set.of("do", "then", "else", "while", "until", "if", "!", "{");
    private static final Set<String> WITHOUT_COMMANDS = Set.of("for", "done", "fi", "}");

    /** Returns the commands of a script, including those in loops and pipes. */
    public static List<ShellCommand> parse(String script) {
        Parser parser = new Parser(script);
        parser.parse();
        return parser.commands;
    }

    /** Returns the name of the program. */
    public String program() {
        return words.get(0);
    }

    /** Returns the arguments of the program. */
    public List<String> arguments() {
        return words.subList(1, words.size());
    }

    private static final class Parser {
        private final String script;
        private final List<ShellCommand> commands = new ArrayList<>();
        private final List<String> words = new ArrayList<>();
        private StringBuilder word;
        private boolean isRedirection;
        private int at;

        Parser(String script) {
            this.script = script;
        }

        void parse() {
            while (at < script.length()) {
                char next = script.charAt(at);
                if (next == '#' && word == null) {
                    skipComment();
                } else if (next == '\\') {
                    escaped();
                } else if (next == '\'' || next == '"') {
                    quoted(next);
                } else if (script.startsWith("$'", at)) {
                    at++;
                    quoted('\'');
                } else if (script.startsWith("$(", at)) {
                    substituted();
                } else if ("\n;&|()".indexOf(next) >= 0) {
                    at++;
                    endCommand();
                } else if (next == '<' || next == '>') {
                    at++;
                    endWord();
                    isRedirection = true;
                } else if (next == ' ' || next == '\t') {
                    at++;
                    endWord();
                } else {
                    at++;
                    append(next);
                }
            }
            endCommand();
        }

        private void append(char next) {
            word = word == null ? new StringBuilder() : word;
            word.append(next);
        }

        private void skipComment() {
            while (at < script.length() && script.charAt(at) != '\n') {
                at++;
            }
        }

        private void escaped() {
            if (script.charAt(at + 1) != '\n') {
                append(script.charAt(at + 1));
            }
            at += 2;
        }

        private void quoted(char quote) {
            word = word == null ? new StringBuilder() : word;
            at++;
            while (script.charAt(at) != quote) {
                if (quote == '"' && script.startsWith("$(", at)) {
                    substituted();
                } else {
                    if (quote == '"' && script.charAt(at) == '\\') {
                        at++;
                    }
                    append(script.charAt(at));
                    at++;
                }
            }
            at++;
        }

        private void substituted() {
            int begin = at + 2;
            int depth = 0;
            do {
                at++;
                depth += script.charAt(at) == '(' ? 1 : script.charAt(at) == ')' ? -1 : 0;
            } while (depth > 0);
            commands.addAll(ShellCommand.parse(script.substring(begin, at)));
            at++;
            append('$');
        }

        private void endWord() {
            if (word != null && !isRedirection) {
                words.add(word.toString());
            }
            isRedirection &= word == null;
            word = null;
        }

        private void endCommand() {
            endWord();
            isRedirection = false;
            List<String> left = new ArrayList<>(words);
            words.clear();
            while (!left.isEmpty() && BEFORE_COMMANDS.contains(left.get(0))) {
                left.remove(0);
            }
            List<String> assignments = new ArrayList<>();
            while (!left.isEmpty() && left.get(0).matches("\\w+=(?s).*")) {
                assignments.add(left.remove(0));
            }
            if (!assignments.isEmpty() && left.isEmpty()) {
                commands.add(new ShellCommand(assignments, List.of("export")));
            } else if (!left.isEmpty() && !WITHOUT_COMMANDS.contains(left.get(0))) {
                commands.add(new ShellCommand(assignments, left));
            }
        }
    }
}
