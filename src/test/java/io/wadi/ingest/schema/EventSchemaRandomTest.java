package io.wadi.ingest.schema;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.wadi.ingest.event.Problem;
import java.io.IOException;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.statistics.Statistics;

/** The check while parsing agrees with the library, for random schemas and events. */
final class EventSchemaRandomTest {
    private static final int EVENTS = 20;
    private static final JsonFactory JSON = new JsonFactory();

    @Property(tries = 1000, shrinking = ShrinkingMode.OFF)
    void check_agreesWithTheLibrary(@ForAll long seed) throws IOException {
        RandomSchemas random = new RandomSchemas(seed);
        ObjectNode source = random.schema();
        EventSchema schema = EventSchema.compile(source.toString(), false);
        NetworkntSchema tree = new NetworkntSchema(schema.source(), Formats.IGNORED);
        assertThat(schema.treeReason()).isEmpty();
        for (int i = 0; i < EVENTS; i++) {
            JsonNode event = random.event(3);
            Problem problem = SchemaChecks.check(schema, event.toString());
            assertThat(problem == null)
                    .as("%s of %s: %s", source, event, problem)
                    .isEqualTo(treeProblem(tree, event) == null);
            if (problem != null) {
                assertThat(event.at(problem.pointer()).isMissingNode())
                        .as("%s of %s: %s", source, event, problem)
                        .isFalse();
            }
            Statistics.collect(problem == null ? "taken" : "refused");
        }
        Statistics.coverage(found -> {
            found.check("taken").count(count -> count >= 100);
            found.check("refused").count(count -> count >= 100);
        });
    }

    private static Problem treeProblem(NetworkntSchema tree, JsonNode event) throws IOException {
        try (JsonParser parser = JSON.createParser(event.toString())) {
            parser.nextToken();
            return tree.check(parser, key -> {});
        }
    }

    @Property(tries = 1500, shrinking = ShrinkingMode.OFF)
    void changeReportedAsCompatible_rejectsNothing(@ForAll long seed) {
        RandomSchemas random = new RandomSchemas(seed);
        ObjectNode source = random.schema();
        String changed = changed(source, random).toString();
        EventSchema before = EventSchema.compile(source.toString(), false);
        EventSchema after = EventSchema.compile(changed, false);
        List<SchemaChange> changes = SchemaChange.between(source.toString(), changed, false);
        int taken = 0;
        for (int i = 0; changes.isEmpty() && i < EVENTS; i++) {
            String event = random.event(3).toString();
            if (SchemaChecks.check(before, event) == null) {
                taken++;
                assertThat(SchemaChecks.check(after, event))
                        .as("%s was taken by %s, is refused by %s", event, before.source(), after.source())
                        .isNull();
            }
        }
        Statistics.collect(changes.isEmpty() ? taken > 0 ? "wider" : "wider, all events refused" : "narrower");
        Statistics.coverage(found -> found.check("wider").count(count -> count >= 100));
    }

    /** Returns the schema with one keyword replaced, added or removed. */
    private static ObjectNode changed(ObjectNode source, RandomSchemas random) {
        ObjectNode changed = source.deepCopy();
        ObjectNode other = random.schema();
        List<String> keywords = other.propertyStream()
                .map(java.util.Map.Entry::getKey)
                .filter(keyword -> !keyword.equals("$defs"))
                .toList();
        if (keywords.isEmpty()) {
            source.fieldNames().forEachRemaining(keyword -> {
                if (!keyword.equals("$defs")) {
                    changed.remove(keyword);
                }
            });
        } else {
            changed.set(keywords.get(0), other.get(keywords.get(0)));
        }
        return changed;
    }
}
