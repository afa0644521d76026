package io.wadi.streams.expression;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeType;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayList;
import java.util.List;
import net.thisptr.jackson.jq.Expression;
import net.thisptr.jackson.jq.Function;
import net.thisptr.jackson.jq.PathOutput;
import net.thisptr.jackson.jq.Scope;
import net.thisptr.jackson.jq.Version;
import net.thisptr.jackson.jq.exception.JsonQueryException;
import net.thisptr.jackson.jq.internal.misc.Preconditions;
import net.thisptr.jackson.jq.path.Path;
import org.joni.Region;

/**
 * {@code _sub_impl(regex; replacement; flags)}, on which jq's {@code sub} and {@code gsub} are based. The replacement
 * is evaluated with an object of the match's named groups; if it has several results, several texts are emitted.
 */
final class RegexReplacement implements Function {
    private static final String NAME = "_sub_impl/3";

    @Override
    public void apply(Scope scope, List<Expression> args, JsonNode in, Path path, PathOutput output, Version version)
            throws JsonQueryException {
        byte[] text = RegexFunctions.text(NAME, in);
        args.get(0).apply(scope, in, regex -> {
            Preconditions.checkArgumentType(NAME, 1, regex, JsonNodeType.STRING);
            args.get(2).apply(scope, in, flags -> {
                Preconditions.checkArgumentType(NAME, 3, flags, JsonNodeType.STRING);
                Parts parts = new Parts(text, regex.textValue(), flags.textValue(), scope);
                // As in jq 1.6, which evaluates the flags twice: with two results, each text is emitted twice.
                args.get(2).apply(scope, in, again -> parts.replace(args.get(1), scope, output));
            });
        });
    }

    /** The parts of a text that are kept, and the groups of each match between them. */
    private static final class Parts {
        private final List<String> kept = new ArrayList<>();
        private final List<JsonNode> groups = new ArrayList<>();

        private Parts(byte[] text, String regex, String flags, Scope scope) throws JsonQueryException {
            RegexMatches matches = new RegexMatches(regex, flags, text);
            int[] from = {0};
            matches.forEach((begin, end, found) -> {
                kept.add(matches.copy(from[0], begin));
                groups.add(named(matches, found, scope.getObjectMapper().createObjectNode()));
                from[0] = end;
            });
            kept.add(matches.copy(from[0], text.length));
        }

        private static ObjectNode named(RegexMatches matches, Region groups, ObjectNode named) {
            for (int i = 1; groups != null && i < groups.getNumRegs(); i++) {
                if (matches.name(i) != null) {
                    EvaluationLimits.current().addMatch();
                    int begin = groups.getBeg(i);
                    named.put(matches.name(i), begin < 0 ? null : matches.copy(begin, groups.getEnd(i)));
                }
            }
            return named;
        }

        /** Emits the texts of all combinations of replacements; those of the first match vary fastest, as in jq. */
        private void replace(Expression replacement, Scope scope, PathOutput output) throws JsonQueryException {
            List<List<String>> replacements = new ArrayList<>();
            for (JsonNode each : groups) {
                List<String> results = new ArrayList<>(1);
                replacement.apply(scope, each, result -> {
                    EvaluationLimits.current().addCharacters(result.asText().length());
                    results.add(result.asText());
                });
                if (results.isEmpty()) {
                    return;
                }
                replacements.add(results);
            }
            int[] chosen = new int[replacements.size()];
            do {
                output.emit(TextNode.valueOf(text(replacements, chosen)), null);
            } while (advance(replacements, chosen));
        }

        private String text(List<List<String>> replacements, int[] chosen) {
            StringBuilder text = new StringBuilder(kept.get(0));
            for (int i = 0; i < chosen.length; i++) {
                text.append(replacements.get(i).get(chosen[i])).append(kept.get(i + 1));
            }
            // A combination of empty texts takes time and memory too.
            EvaluationLimits.current().addCharacters(text.length() + chosen.length + 1L);
            return text.toString();
        }

        /** Chooses the next combination; returns false after the last one. */
        private static boolean advance(List<List<String>> replacements, int[] chosen) {
            for (int i = 0; i < chosen.length; i++) {
                if (++chosen[i] < replacements.get(i).size()) {
                    return true;
                }
                chosen[i] = 0;
            }
            return false;
        }
    }
}
