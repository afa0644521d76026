package io.wadi.ingest.schema;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
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

/** Walks through the places of two schemas side by side and notes where the later one is narrower. */
final class SchemaComparison {
    private static final JsonFactory JSON = new JsonFactory();

    private final List<SchemaChange> changes = new ArrayList<>();
    private final Set<Pair> compared = new HashSet<>();

    /** Two places that are compared, and how sure it is what comes out. */
    private record Pair(SchemaNode before, SchemaNode after, Effect effect) {}

    List<SchemaChange> compare(EventSchema before, EventSchema after) {
        if (before.place() == null || after.place() == null) {
            before.checkedAsTreeBecauseOf()
                    .ifPresent(keyword -> add(Effect.CANNOT_BE_JUDGED, "", "there was " + keyword));
            after.checkedAsTreeBecauseOf()
                    .ifPresent(keyword -> add(Effect.CANNOT_BE_JUDGED, "", "there is " + keyword));
        } else {
            compare(new Pair(before.place(), after.place(), Effect.REFUSES), "");
        }
        return List.copyOf(changes);
    }

    private void add(Effect effect, String pointer, String text) {
        changes.add(new SchemaChange(effect, pointer, text));
    }

    private void compare(Pair pair, String pointer) {
        SchemaNode before = pair.before();
        SchemaNode after = pair.after();
        if (before.kinds() == 0 || after == SchemaNode.ANY || !compared.add(pair)) {
            return;
        }
        List<String> values = values(before);
        if (values != null) {
            values.stream()
                    .filter(value -> problem(before, value) == null && problem(after, value) != null)
                    .forEach(value -> add(pair.effect(), pointer, value + " was allowed"));
            return;
        }
        int lost = before.kinds() & ~after.kinds();
        if (lost != 0) {
            add(
                    pair.effect(),
                    pointer,
                    "%s was allowed, now %s is"
                            .formatted(
                                    JsonTypes.names(lost),
                                    after.kinds() == 0 ? "nothing" : "only " + JsonTypes.names(after.kinds())));
        }
        if (after.constants() != null) {
            add(
                    pair.effect(),
                    pointer,
                    "other values than %s were allowed"
                            .formatted(String.join(", ", after.constants().inJson())));
        }
        int kept = before.kinds() & after.kinds();
        if ((kept & JsonTypes.STRING) != 0) {
            compareText(pair, pointer);
        }
        if ((kept & JsonTypes.NUMBER) != 0) {
            compareRange(pair, pointer);
        }
        if ((kept & JsonTypes.OBJECT) != 0) {
            compareMembers(pair, pointer);
        }
        if ((kept & JsonTypes.ARRAY) != 0) {
            compareElements(pair, pointer);
        }
    }

    /** All values a place allows, in JSON, where these can be told; null otherwise. */
    private static List<String> values(SchemaNode place) {
        if (place.constants() != null) {
            return place.constants().inJson();
        }
        return switch (place.kinds()) {
            case JsonTypes.NULL -> List.of("null");
            case JsonTypes.BOOLEAN -> List.of("true", "false");
            case JsonTypes.NULL | JsonTypes.BOOLEAN -> List.of("null", "true", "false");
            default -> null;
        };
    }

    private static Problem problem(SchemaNode place, String json) {
        try (JsonParser parser = JSON.createParser(json)) {
            parser.nextToken();
            return place.check(parser, key -> {});
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void compareText(Pair pair, String pointer) {
        StringConstraints before = pair.before().text();
        StringConstraints after = pair.after().text();
        compareCounts(before.length(), after.length(), "characters", pair.effect(), pointer);
        compareMatches(before.patterns(), after.patterns(), "the pattern ", pair.effect(), pointer);
        compareMatches(before.formats(), after.formats(), "the format ", pair.effect(), pointer);
    }

    /** What is new where there was none narrows; where there was another, nobody knows which of them is narrower. */
    private void compareMatches(List<String> before, List<String> after, String what, Effect effect, String pointer) {
        after.stream()
                .filter(each -> !before.contains(each))
                .forEach(each -> add(
                        before.isEmpty() ? effect : Effect.CANNOT_BE_JUDGED,
                        pointer,
                        "must match " + what + each + " now"));
    }

    private void compareCounts(CountLimits before, CountLimits after, String what, Effect effect, String pointer) {
        if (after.min() > before.min() || after.max() < before.max()) {
            add(effect, pointer, "%s: %s allowed, now %s".formatted(what, before, after));
        }
    }

    private void compareRange(Pair pair, String pointer) {
        NumberConstraints before = pair.before().range();
        NumberConstraints after = pair.after().range();
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
        if ((pair.before().kinds() & JsonTypes.FRACTION) == 0) {
            divisors.add(BigDecimal.ONE);
        }
        after.divisors().stream()
                .filter(divisor -> divisors.stream()
                        .noneMatch(each -> each.remainder(divisor).signum() == 0))
                .forEach(divisor ->
                        add(pair.effect(), pointer, "other numbers were allowed than now, multiples of " + divisor));
    }

    private void compareMembers(Pair pair, String pointer) {
        ObjectConstraints before = pair.before().members();
        ObjectConstraints after = pair.after().members();
        after.required().stream()
                .filter(name -> !before.required().contains(name))
                .forEach(name -> add(pair.effect(), Subschemas.below(pointer, name), "is required now"));
        Set<String> names = new TreeSet<>(before.knownNames());
        names.addAll(after.knownNames());
        for (String name : names) {
            boolean named =
                    before.others() != SchemaNode.ANY || before.knownNames().contains(name);
            compare(
                    new Pair(before.place(name), after.place(name), named ? pair.effect() : Effect.REFUSES_UNNAMED),
                    Subschemas.below(pointer, name));
        }
        compare(new Pair(before.others(), after.others(), pair.effect()), pointer + "/*");
        compareNames(before.names(), after.names(), pair.effect(), pointer);
        compareCounts(before.count(), after.count(), "properties", pair.effect(), pointer);
    }

    private void compareNames(SchemaNode before, SchemaNode after, Effect effect, String pointer) {
        SchemaComparison names = new SchemaComparison();
        names.compare(new Pair(before.ofStrings(), after.ofStrings(), effect), pointer + "/*");
        names.changes.forEach(
                change -> add(change.effect(), change.pointer(), "the property's name: " + change.text()));
    }

    private void compareElements(Pair pair, String pointer) {
        ArrayConstraints before = pair.before().elements();
        ArrayConstraints after = pair.after().elements();
        int first = Math.max(before.first(), after.first());
        for (int i = 0; i < first; i++) {
            compare(new Pair(before.place(i), after.place(i), pair.effect()), pointer + "/" + i);
        }
        compare(new Pair(before.place(first), after.place(first), pair.effect()), pointer + "/*");
        compareCounts(before.count(), after.count(), "elements", pair.effect(), pointer);
    }
}
