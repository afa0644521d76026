package io.wadi.streams.expression;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.JsonNodeType;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.wadi.format.JsonText;
import java.util.List;
import net.thisptr.jackson.jq.Expression;
import net.thisptr.jackson.jq.Function;
import net.thisptr.jackson.jq.PathOutput;
import net.thisptr.jackson.jq.Scope;
import net.thisptr.jackson.jq.Version;
import net.thisptr.jackson.jq.exception.JsonQueryException;
import net.thisptr.jackson.jq.exception.JsonQueryTypeException;
import net.thisptr.jackson.jq.internal.misc.Preconditions;
import net.thisptr.jackson.jq.internal.misc.UnicodeUtils;
import net.thisptr.jackson.jq.path.Path;
import org.joni.Region;

/**
 * The functions on which jq's {@code match}, {@code test}, {@code capture}, {@code scan}, {@code split}, {@code sub}
 * and {@code gsub} are based, with a limit on matches. The library's functions search forever after an empty match in
 * {@code gsub}, and overflow the stack in {@code gsub} and {@code splits} after some thousand matches.
 */
final class RegexFunctions {
    private static final String MATCH = "_match_impl/3";

    private RegexFunctions() {}

    static void addTo(Scope scope) {
        scope.addFunction(MATCH, new Match());
        scope.addFunction("splits", 2, new Splits());
        scope.addFunction("_sub_impl", 3, new RegexReplacement());
    }

    /** Returns a function's input in UTF-8. */
    static byte[] text(String function, JsonNode in) throws JsonQueryException {
        Preconditions.checkInputType(function, in, JsonNodeType.STRING);
        String text = in.textValue();
        if (JsonText.unpairedSurrogate(text) >= 0) {
            throw new JsonQueryException("%s: the text has %s".formatted(function, JsonText.UNPAIRED_SURROGATE));
        }
        return text.getBytes(UTF_8);
    }

    /** {@code _match_impl(regex; flags; whether to test only)}. */
    private static final class Match implements Function {
        @Override
        public void apply(
                Scope scope, List<Expression> args, JsonNode in, Path path, PathOutput output, Version version)
                throws JsonQueryException {
            byte[] text = text(MATCH, in);
            args.get(2).apply(scope, in, isTest -> {
                Preconditions.checkArgumentType(MATCH, 3, isTest, JsonNodeType.BOOLEAN);
                args.get(1).apply(scope, in, flags -> {
                    Preconditions.checkArgumentType(MATCH, 2, flags, JsonNodeType.STRING, JsonNodeType.NULL);
                    args.get(0).apply(scope, in, regex -> {
                        Preconditions.checkArgumentType(MATCH, 1, regex, JsonNodeType.STRING);
                        RegexMatches matches = new RegexMatches(regex.textValue(), flags.textValue(), text);
                        output.emit(
                                isTest.booleanValue()
                                        ? BooleanNode.valueOf(matches.isFound())
                                        : matches(matches, text, scope.getObjectMapper()),
                                null);
                    });
                });
            });
        }

        private static ArrayNode matches(RegexMatches matches, byte[] text, ObjectMapper mapper)
                throws JsonQueryException {
            ArrayNode found = mapper.createArrayNode();
            int[] characters = UnicodeUtils.UTF8CharIndex(text);
            matches.forEach((begin, end, groups) -> {
                ObjectNode match =
                        put(found.addObject(), characters, begin, end).put("string", matches.copy(begin, end));
                ArrayNode captures = match.putArray("captures");
                // As in jq 1.6, empty matches have no captures.
                if (groups != null && begin != end) {
                    addCaptures(captures, matches, characters, groups);
                }
            });
            return found;
        }

        private static void addCaptures(ArrayNode captures, RegexMatches matches, int[] characters, Region groups) {
            for (int i = 1; i < groups.getNumRegs(); i++) {
                EvaluationLimits.current().addMatch();
                int begin = groups.getBeg(i);
                ObjectNode capture = captures.addObject();
                if (begin < 0) {
                    capture.put("offset", -1).put("length", 0).putNull("string");
                } else {
                    put(capture, characters, begin, groups.getEnd(i))
                            .put("string", matches.copy(begin, groups.getEnd(i)));
                }
                capture.put("name", matches.name(i));
            }
        }

        private static ObjectNode put(ObjectNode to, int[] characters, int begin, int end) {
            return to.put("offset", characters[begin]).put("length", characters[end] - characters[begin]);
        }
    }

    /** {@code splits(regex; flags)}. */
    private static final class Splits implements Function {
        @Override
        public void apply(
                Scope scope, List<Expression> args, JsonNode in, Path path, PathOutput output, Version version)
                throws JsonQueryException {
            byte[] text = text(MATCH, in);
            args.get(0).apply(scope, in, regex -> {
                Preconditions.checkArgumentType(MATCH, 1, regex, JsonNodeType.STRING);
                args.get(1).apply(scope, in, flags -> {
                    RegexMatches matches = new RegexMatches(regex.textValue(), global(flags), text);
                    int[] from = {0};
                    matches.forEach((begin, end, groups) -> {
                        output.emit(TextNode.valueOf(matches.copy(from[0], begin)), null);
                        from[0] = end;
                    });
                    output.emit(TextNode.valueOf(matches.copy(from[0], text.length)), null);
                });
            });
        }

        private static String global(JsonNode flags) throws JsonQueryException {
            if (!flags.isNull() && !flags.isTextual()) {
                throw new JsonQueryTypeException("%s and %s cannot be added", TextNode.valueOf("g"), flags);
            }
            return flags.isNull() ? "g" : "g" + flags.textValue();
        }
    }
}
