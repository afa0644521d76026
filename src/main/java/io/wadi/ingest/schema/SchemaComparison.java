package io.wadi.ingest.schema;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import io.wadi.format.JsonPointers;
import io.wadi.ingest.event.Problem;
import io.wadi.ingest.schema.SchemaChange.Effect;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Compares the nodes of two schemas and collects the locations at which the later schema is narrower. */
final class SchemaComparison {
    private static final JsonFactory JSON = new JsonFactory();

    private final List<SchemaChange> changes = new ArrayList<>();
    private final Set<Pair> compared = new HashSet<>();

    /** Two nodes that are compared, and the effect of a difference between them. */
    private record Pair(SchemaNode before, SchemaNode after, Effect effect) {}

    List<SchemaChange> compare(EventSchema before, EventSchema after) {
        if (before.node() == null || after.node() == null) {
            before.treeReason().ifPresent(keyword -> add(Effect.UNKNOWN, "", "the earlier schema has " + keyword));
            after.treeReason().ifPresent(keyword -> add(Effect.UNKNOWN, "", "the schema has " + keyword));
        } else {
            compare(new Pair(before.node(), after.node(), Effect.REJECTS), "");
        }
        return List.copyOf(changes);
    }

    private void add(Effect effect, String pointer, String text) {
        changes.add(new SchemaChange(effect, pointer, text));
    }

    private void compare(Pair pair, String pointer) {
        SchemaNode before = pair.before();
        SchemaNode after = pair.after();
        if (before.types() == 0 || after == SchemaNode.ANY || !compared.add(pair)) {
            return;
        }
        List<String> values = values(before);
        if (values != null) {
            values.stream()
                    .filter(value -> problem(before, value) == null && problem(after, value) != null)
                    .forEach(value -> add(pair.effect(), pointer, value + " was allowed"));
            return;
        }
        int removed = before.types() & ~after.types();
        if (removed != 0) {
            add(
                    pair.effect(),
                    pointer,
                    "%s was allowed, now %s is"
                            .formatted(
                                    JsonTypes.names(removed),
                                    after.types() == 0 ? "nothing" : "only " + JsonTypes.names(after.types())));
        }
        if (after.allowedValues() != null) {
            add(
                    pair.effect(),
                    pointer,
                    "other values than %s were allowed"
                            .formatted(String.join(", ", after.allowedValues().inJson())));
        }
        int kept = before.types() & after.types();
        if ((kept & JsonTypes.STRING) != 0) {
            compareString(pair, pointer);
        }
        if ((kept & JsonTypes.NUMBER) != 0) {
            compareNumber(pair, pointer);
        }
        if ((kept & JsonTypes.OBJECT) != 0) {
            compareObject(pair, pointer);
        }
        if ((kept & JsonTypes.ARRAY) != 0) {
            compareArray(pair, pointer);
        }
    }

    /** Returns all values that a node allows, in JSON; null if they cannot be listed. */
    private static List<String> values(SchemaNode node) {
        if (node.allowedValues() != null) {
            return node.allowedValues().inJson();
        }
        return switch (node.types()) {
            case JsonTypes.NULL -> List.of("null");
            case JsonTypes.BOOLEAN -> List.of("true", "false");
            case JsonTypes.NULL | JsonTypes.BOOLEAN -> List.of("null", "true", "false");
            default -> null;
        };
    }

    private static Problem problem(SchemaNode node, String json) {
        try (JsonParser parser = JSON.createParser(json)) {
            parser.nextToken();
            return node.check(parser, key -> {});
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void compareString(Pair pair, String pointer) {
        StringConstraints before = pair.before().text();
        StringConstraints after = pair.after().text();
        compareCounts(before.length(), after.length(), "characters", pair.effect(), pointer);
        compareMatches(before.patterns(), after.patterns(), "the pattern ", pair.effect(), pointer);
        compareMatches(before.formats(), after.formats(), "the format ", pair.effect(), pointer);
    }

    /**
     * Compares patterns or formats. A new one is narrower; whether one that replaces another is narrower is unknown.
     */
    private void compareMatches(List<String> before, List<String> after, String what, Effect effect, String pointer) {
        after.stream()
                .filter(each -> !before.contains(each))
                .forEach(each ->
                        add(before.isEmpty() ? effect : Effect.UNKNOWN, pointer, "must match " + what + each + " now"));
    }

    private void compareCounts(CountLimits before, CountLimits after, String what, Effect effect, String pointer) {
        if (after.min() > before.min() || after.max() < before.max()) {
            add(effect, pointer, "%s: %s allowed, now %s".formatted(what, before, after));
        }
    }

    private void compareNumber(Pair pair, String pointer) {
        NumberConstraints before = pair.before().number();
        NumberConstraints after = pair.after().number();
        if (after.min() != null && after.min().isNarrowerThan(before.min(), NumberConstraints.BELOW)) {
            add(
                    pair.effect(),
                    pointer,
                    "smaller numbers were allowed, now " + after.min().allowed(NumberConstraints.BELOW));
        }
        if (after.max() != null && after.max().isNarrowerThan(before.max(), NumberConstraints.ABOVE)) {
            add(
                    pair.effect(),
                    pointer,
                    "larger numbers were allowed, now " + after.max().allowed(NumberConstraints.ABOVE));
        }
        List<BigDecimal> divisors = new ArrayList<>(before.divisors());
        if ((pair.before().types() & JsonTypes.FRACTION) == 0) {
            divisors.add(BigDecimal.ONE);
        }
        after.divisors().stream()
                .filter(divisor -> divisors.stream()
                        .noneMatch(each -> each.remainder(divisor).signum() == 0))
                .forEach(divisor -> add(
                        pair.effect(), pointer, "numbers other than multiples of %s were allowed".formatted(divisor)));
    }

    private void compareObject(Pair pair, String pointer) {
        ObjectConstraints before = pair.before().object();
        ObjectConstraints after = pair.after().object();
        after.required().stream()
                .filter(name -> !before.required().contains(name))
                .forEach(name -> add(pair.effect(), pointer + JsonPointers.of(name), "is required now"));
        Set<String> names = new TreeSet<>(before.knownNames());
        names.addAll(after.knownNames());
        for (String name : names) {
            boolean named =
                    before.others() != SchemaNode.ANY || before.knownNames().contains(name);
            compare(
                    new Pair(before.node(name), after.node(name), named ? pair.effect() : Effect.REJECTS_UNNAMED),
                    pointer + JsonPointers.of(name));
        }
        compare(new Pair(before.others(), after.others(), pair.effect()), pointer + "/*");
        compareNames(before.names(), after.names(), pair.effect(), pointer);
        compareCounts(before.count(), after.count(), "properties", pair.effect(), pointer);
    }

    private void compareNames(SchemaNode before, SchemaNode after, Effect effect, String pointer) {
        SchemaComparison names = new SchemaComparison();
        names.compare(new Pair(before.ofStrings(), after.ofStrings(), effect), pointer + "/*");
        names.changes.forEach(change -> add(change.effect(), change.pointer(), "property name: " + change.text()));
    }

    private void compareArray(Pair pair, String pointer) {
        ArrayConstraints before = pair.before().array();
        ArrayConstraints after = pair.after().array();
        int first = Math.max(before.first(), after.first());
        for (int i = 0; i < first; i++) {
            compare(new Pair(before.node(i), after.node(i), pair.effect()), pointer + "/" + i);
        }
        compare(new Pair(before.node(first), after.node(first), pair.effect()), pointer + "/*");
        compareCounts(before.count(), after.count(), "elements", pair.effect(), pointer);
    }
}
