package io.wadi.streams.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.kafka.deadletter.DeadLetterSender;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.StoreBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Changes of a streams file that keep its state in Kafka, and rejected ones that would not. */
class DeclaredFlowTest {
    private static final String EVERY = "{from: in, steps: [{every: {%s}}], to: out}";
    private static final String PROCESS =
            "{from: in, steps: [{%s}, {process: {class: io.wadi.streams.topology.%s, stores: [counts]}}], to: out}";

    private static List<String> mistakes(String before, String after) {
        return flow(after).mistakesAfter(flow(before));
    }

    private static DeclaredFlow flow(String yaml) {
        return new DeclaredFlow(
                TopologyDriver.read("test", yaml, Map.of()),
                new DefaultCamelContext(),
                new DeadLetterSender("dead-letters", () -> {
                    throw new AssertionError("no record is processed");
                }),
                new DeduplicationMemory(),
                TopologyDriver.unusedHistory());
    }

    @Test
    void mistakes_nameTheLineOfTheStepOrTable() {
        String before = """
                tables:
                  user: {topic: users}
                from: in
                steps:
                  - filter: {jq: .}
                  - COUNT
                to: out
                """;

        assertThat(mistakes(
                        before.replace("COUNT", "count: true"),
                        before.replace("COUNT", "sum: {jq: .}").replace("topic: users", "topic: other")))
                .hasSize(2)
                .anySatisfy(mistake -> assertThat(mistake)
                        .startsWith("streams/test.yaml line 6: main-1 is sum sum (jq .) of records of"))
                .anySatisfy(mistake -> assertThat(mistake)
                        .isEqualTo(
                                "streams/test.yaml line 2: table-user is the records of other, but the existing state"
                                        + " is the records of users"));
    }

    @Test
    void intervalClockAndLimit_mayChange_butNotTheEmissionMode() {
        assertThat(mistakes(EVERY.formatted("wall-clock: 10s"), EVERY.formatted("stream-time: 5s, max-keys: 7")))
                .isEmpty();
        assertThat(mistakes(EVERY.formatted("wall-clock: 10s"), EVERY.formatted("wall-clock: 10s, emit: all")))
                .containsExactly(
                        "streams/test.yaml line 1: main.every-1 is all latest values of records of in by their keys of"
                                + " type string, but the existing state is latest values until they are emitted of records of in"
                                + " by their keys of type string");
        assertThat(mistakes(EVERY.formatted("wall-clock: 10s"), "{from: in, to: out}"))
                .singleElement()
                .asString()
                .contains("main.every-1 is missing");
    }

    @Test
    void changedClassOrKeyOfAStateStore_isRejected() {
        String before = PROCESS.formatted("map: {jq: .}", "CountingProcessor");

        assertThat(mistakes(before, PROCESS.formatted("filter: {jq: .}", "CountingProcessor")))
                .isEmpty();
        assertThat(mistakes(before, PROCESS.formatted("select-key: {jq: .k}", "CountingProcessor")))
                .anySatisfy(mistake -> assertThat(mistake)
                        .contains("counts is a store of io.wadi.streams.topology.CountingProcessor for records of in by"
                                + " select-key (jq .k) as string, but the existing state is a store of"));
        assertThat(mistakes(before, PROCESS.formatted("map: {jq: .}", "DeclaredFlowTest$OtherProcessor")))
                .singleElement()
                .asString()
                .contains("counts is a store of io.wadi.streams.topology.DeclaredFlowTest$OtherProcessor for records");
    }

    @Test
    void changedTypeOfKeysAfterAProcessor_isRejected() {
        String processed = "{from: {topic: in, key: %s}, steps: [{process: {class: io.wadi.streams.topology."
                + "DeclaredFlowTest$StatelessProcessor}}, {count: true}], to: out}";

        assertThat(mistakes(processed.formatted("string"), processed.formatted("long")))
                .singleElement()
                .asString()
                .contains("main-1 is ", "by keys of ", " as long, but the existing state is ", " as string");
    }

    /** State is numbered in Kafka by position: each branch would get the state of the other. */
    @Test
    void swappedBranches_areRejected_butNotNewConditions() {
        String branch = "{from: in, steps: [{branch: [{when: {jq: '.t == \"%s\"'}, steps: [{count: true}], to: a},"
                + " {when: {jq: '.t == \"%s\"'}, steps: [{%s: true}], to: b}, {to: c}]}]}";
        String before = branch.formatted("a", "b", "count");

        assertThat(mistakes(before, branch.formatted("b", "a", "count")))
                .containsExactly(
                        "streams/test.yaml line 1: main-1 is in the branch of when (jq .t == \"b\"); the state of this branch is main-2",
                        "streams/test.yaml line 1: main-2 is in the branch of when (jq .t == \"a\"); the state of this branch is main-1");
        assertThat(mistakes(before, branch.formatted("b", "c", "count")))
                .singleElement()
                .asString()
                .contains("main-1 is in the branch of");
        assertThat(mistakes(before, branch.formatted("a", "c", "count"))).isEmpty();
        assertThat(mistakes(before, before.replace("}, {to: c}", "}, {steps: [{map: {jq: .}}], to: c}")))
                .isEmpty();
    }

    /** Their names do not change, since steps of different kinds are numbered independently. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {every: {wall-clock: 1s}}  | {count: true}
            {deduplicate: {within: 1h}} | {count: true}
            {deduplicate: {within: 1h}} | {every: {wall-clock: 1s}}
            """)
    void swappedSteps_areRejected(String one, String other) {
        String steps = "{from: in, steps: [%s, {filter: {jq: .}}, %s, {map: {jq: .}}], to: out}";
        String before = steps.formatted(one, other);

        assertThat(mistakes(before, steps.formatted(other, one)))
                .hasSize(2)
                .allSatisfy(
                        mistake -> assertThat(mistake)
                                .matches(
                                        "streams/test.yaml line 1: main\\S*-1 follows (main\\S*-1; in the existing state, it"
                                                + " follows the input topic|the input topic; in the existing state, it follows main\\S*-1)"));
        assertThat(mistakes(before, before.replace("filter", "map"))).isEmpty();
    }

    @Test
    void layoutOfAPreviousVersion_hasNoOrder() {
        StateLayout former = new StateLayout(Map.of("main-1", "count"), Map.of("main-1", ""), null, Set.of());
        StateLayout layout = new StateLayout(former.state(), former.arms(), Map.of("main-1", "main.every-1"), Set.of());

        assertThat(layout.differencesFrom(former)).isEmpty();
        assertThat(former.differencesFrom(layout)).isEmpty();
    }

    @Test
    void newConditionThatAnotherFlowHas_isAccepted() {
        String flows =
                "flows: [{name: a, from: in, steps: [{branch: [{when: {jq: .x}, steps: [{count: true}], to: a}]}]},"
                        + " {name: b, from: in, steps: [{branch: [{when: {jq: .%s}, steps: [{count: true}], to: b}]}]}]";

        assertThat(mistakes(flows.formatted("y"), flows.formatted("x"))).isEmpty();
    }

    @Test
    void swappedOutputs_areRejected() {
        String before =
                "{from: in, steps: [{process: {class: io.wadi.streams.topology.CountingProcessor, stores: [counts],"
                        + " outputs: [{name: %s, steps: [{count: true}], to: a}, {name: %s, steps: [{count: true}], to: b}]}}]}";

        assertThat(mistakes(before.formatted("low", "high"), before.formatted("high", "low")))
                .hasSize(2)
                .first()
                .asString()
                .contains("main-1 is in the branch of output high; the state of this branch is main-2");
        assertThat(mistakes(before.formatted("low", "high"), before.formatted("low", "other")))
                .isEmpty();
    }

    /** A processor class without stores. */
    public static final class StatelessProcessor implements ProcessorSupplier<Object, Object, Object, Object> {
        @Override
        public Processor<Object, Object, Object, Object> get() {
            return new Processor<>() {
                @Override
                public void process(Record<Object, Object> record) {}
            };
        }
    }

    /** Another processor class with the same stores as {@link CountingProcessor}. */
    public static final class OtherProcessor implements ProcessorSupplier<String, String, Object, Object> {
        private final CountingProcessor same = new CountingProcessor();

        @Override
        public Processor<String, String, Object, Object> get() {
            return same.get();
        }

        @Override
        public Set<StoreBuilder<?>> stores() {
            return same.stores();
        }
    }
}
