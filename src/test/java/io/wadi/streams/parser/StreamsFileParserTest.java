package io.wadi.streams.parser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.wadi.runtime.config.SettingsException;
import io.wadi.streams.definition.Flow;
import io.wadi.streams.definition.Step;
import io.wadi.streams.definition.StreamsFile;
import io.wadi.streams.definition.WindowDefinition;
import io.wadi.streams.topology.TopologyDriver;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StreamsFileParserTest {
    /** Every message begins with the location of the mistake. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            form: a                                  | line 1, column 1: form: unknown field; did you mean from?
            to: b                                    | from is missing, expected a topic, or {topic: …}
            from: a                                  | to is missing, expected a topic, or {topic: …}
            from: a/b                                | from is "a/b", expected a topic
            {from: {topic: a, value: jsn}, to: b}    | from.value is "jsn", expected string, long, double, json, bytes
            {from: a, to: {value: json}}             | to.topic is missing
            {from: a, to: b, application: ..}        | application is "..", expected 1 to 100 letters
            {from: a, to: b, tables: {t: {topic: a, global: true}}} | tables.t is the global table of a, which is also the topic of a flow: Kafka Streams can read
            {from: a, to: b, tables: {t: {topic: c, global: true}, u: {topic: c}}} | tables.t is the global table of c, which is also the topic of the table u
            {from: a, to: b, tables: {t: {topic: c, global: true}, u: {topic: c, global: true}}} | tables.u is the global table of c, which is also the topic of the table t
            {from: a, to: b, threads: 0}             | threads is "0", expected a whole number from 1 to 64
            {from: a, to: b, steps: [{filtr: 1}]}    | filtr: there is no such step; did you mean filter?
            {from: a, to: b, steps: [{filter: x, map: y}]} | has the keys filter, map, expected a single one
            {from: a, to: b, steps: [{filter: x}]}   | filter is not a mapping, expected an expression: {simple: "${body}"}
            {from: a, to: b, steps: [{filter: {smple: x}}]} | filter.smple: unknown field; did you mean simple?
            {from: a, to: b, steps: [{map: {}}]}     | map has no expression, expected an expression
            {from: a, to: b, steps: [{map: {jq: "{a"}}]} | map.jq does not compile:
            {from: a, to: b, steps: [{map: {jsonpath: "$[?"}}]} | map.jsonpath does not compile:
            {from: a, to: b, steps: [{map: {simple: "${bdy}"}}]} | map.simple does not compile:
            {from: a, to: b, steps: [{window: {tumbling: 5s}}]} | window has no count, sum, min, max, avg or aggregate right after it
            {from: a, to: b, steps: [{window: {tumbling: 5s}}, {map: {jq: "."}}, {count: true}]} | window has no count
            {from: a, to: b, steps: [{window: {size: 5s}}, {count: true}]} | window has no kind, expected one of tumbling, hopping, sliding, session
            {from: a, to: b, steps: [{window: {tumbling: 5}}, {count: true}]} | window.tumbling is "5", expected a duration such as 5s, 10m or 1h, from 1ms to 366d
            {from: a, to: b, steps: [{window: {hopping: 5s}}, {count: true}]} | window.advance is missing
            {from: a, to: b, steps: [{window: {hopping: 5s, advance: 6s}}, {count: true}]} | window.advance is 6s, more than the size of 5s: records between two windows would be lost
            {from: a, to: b, steps: [{window: {hopping: 30d, advance: 1m}}, {count: true}]} | window.advance is 1m, so that each record is in 43200 windows: expected at most 10000
            {from: a, to: b, steps: [{window: {tumbling: 5s, emit: last}}, {count: true}]} | window.emit is "last", expected each or final
            {from: a, to: b, steps: [{window: {tumbling: 5s, keep: 1m}}, {count: true}]} | window.keep is 1m, less than the 65s for which a window accepts records
            {from: a, steps: [{branch: &b [{steps: [{branch: *b }]}]}]} | branch contains itself as an alias
            {from: a, to: b, steps: [&s {branch: [*s ]}]} | steps contains itself as an alias
            {from: a, to: b, steps: [{sum: true}]}   | sum is not a mapping, expected an expression
            {from: a, to: b, steps: [{deduplicate: {by: /id, within: 1h}}]} | deduplicate.by is /id, but the values are of type string: expected value: json in from, or a map before
            {from: {topic: a, value: bytes}, steps: [{select-key: {simple: x}}, {branch: [{steps: [{deduplicate: {by: /id, within: 1h}}], to: b}]}]} | deduplicate.by is /id, but the values are of type bytes
            {from: a, to: b, steps: [{deduplicate: }]} | deduplicate is missing, expected a mapping such as {within: 24h}
            {from: a, to: b, steps: [{every: }]}     | every is missing, expected a mapping such as {wall-clock: 10s}
            {from: a, to: b, steps: [{process: }]}   | process is missing, expected a mapping such as {class: example.StockAlerts}
            {from: a, to: b, steps: [{join: }]}      | join is missing, expected the name of one of the tables
            {from: a, to: b, steps: [{select-key: }]} | select-key is missing, expected an expression
            {from: a, to: b, steps: [{aggregate: }]} | aggregate is missing, expected fields such as
            {from: a, to: b, steps: [{aggregate: {n: }}]} | aggregate.n is missing, expected one of count, sum
            {from: a, to: b, steps: [{window: }, {count: true}]} | window is missing, expected one of tumbling, hopping
            {from: a, steps: [{branch: [{when: , to: b}]}]} | when is missing, expected an expression
            {from: a, to: b, tables: {t: }}          | tables.t is missing, expected a mapping such as {topic: users}
            {from: a, to: b, steps: [{aggregate: {n: {cont: true}}}]} | aggregate.n is cont, expected one of count, sum, min, max, avg
            {from: a, to: b, steps: [{join: adress}], tables: {address: {topic: t}}} | join is "adress", but tables has no such table; did you mean address?
            {from: a, to: b, steps: [{join: t}], tables: {t: {topic: t, key: long}}} | joins keys of type string with keys of t of type long: no keys would be equal
            {from: a, to: b, steps: [{join: {table: t, on: {jq: .}}}], tables: {t: {topic: t}}} | join.on requires a global table
            {from: a, to: b, steps: [{map: {jq: $t}}], tables: {t: {topic: t}}} | map.jq uses the table t, which is not joined: add - join: t before
            {from: a, to: b, steps: [{map: {jq: $t}}, {join: t}], tables: {t: {topic: t}}} | map.jq uses the table t, which is not joined
            {from: a, to: b, steps: [{join: t}, {select-key: {jq: .k}}, {join: u}, {filter: {simple: "${variable.t} == 1"}}], tables: {t: {topic: t}, u: {topic: u}}} | filter.simple uses the table t, but its value is not available after join: u: join it again
            {from: a, to: b, steps: [{join: t}, {count: true}, {map: {jq: $t}}], tables: {t: {topic: t}}} | map.jq uses the table t, but its value is not available after count
            {from: a, to: b, steps: [{join: t}, {repartition: {partitions: 1}}, {sum: {jq: $t}}], tables: {t: {topic: t}}} | sum.jq uses the table t, but its value is not available after repartition
            {from: a, to: b, steps: [{join: t}, {every: {wall-clock: 1s}}, {select-key: {jq: $t}}], tables: {t: {topic: t}}} | select-key.jq uses the table t, but its value is not available after every
            {from: a, to: b, steps: [{join: t}, {deduplicate: {within: 1h}}, {map: {jq: $t}}], tables: {t: {topic: t}}} | not available after deduplicate
            {from: a, steps: [{join: t}, {process: {class: io.wadi.streams.topology.CountingProcessor, stores: [counts], outputs: [{name: first, steps: [{map: {jq: $t}}], to: b}]}}], tables: {t: {topic: t}}} | map.jq uses the table t, but its value is not available after process
            {from: a, to: {topic: {jq: $t}, among: [b]}, tables: {t: {topic: t}}} | to.topic.jq uses the table t, which is not joined
            {from: a, steps: [{branch: [{when: {jq: $t}, to: b}]}], tables: {t: {topic: t}}} | when.jq uses the table t, which is not joined
            {from: a, steps: [{branch: [{when: {jq: .a}, steps: [{join: t}], to: b}, {steps: [{map: {jq: $t}}], to: c}]}], tables: {t: {topic: t}}} | map.jq uses the table t, which is not joined
            {from: a, to: b, steps: [{branch: [{to: c}]}]} | to is not allowed with branch: each branch has its own
            {from: a, steps: [{branch: [{to: c}, {when: {jq: .}, to: d}]}]} | comes after a branch without when, which gets all remaining records
            {from: a, to: c, steps: [{branch: [{to: c}]}, {count: true}]} | comes after branch
            {from: a, to: {topic: {jq: .}}}          | to.among is missing
            {from: a, to: {topic: b, among: [b]}}    | to.among is not allowed with a fixed topic
            {from: a, to: b, flows: []}              | from is not allowed with flows
            {flows: [{from: a, to: b}]}              | name is missing
            {flows: [{name: x, from: a, to: b}, {name: x, from: a, to: b}]} | x: declared twice, first in line 1
            {from: a, to: b, steps: [{deduplicate: {by: /id}}]} | deduplicate.within is missing
            {from: a, to: b, steps: [{deduplicate: {by: id, within: 1h}}]} | deduplicate.by is "id", expected key, or a JSON pointer such as /id
            {from: a, to: b, steps: [{deduplicate: {within: 1ms}}]} | deduplicate.within is "1ms", expected a duration such as 5s, 10m or 1h, from 1s to 366d
            {from: a, to: b, steps: [{window: {tumbling: 5s}}, {count: true}, {deduplicate: {within: 1h}}]} | deduplicate follows a window: expected deduplicate before the window
            {from: a, to: b, steps: [{every: {emit: all}}]} | every has no clock, expected one of wall-clock, stream-time with a duration
            {from: a, to: b, steps: [{every: {wall-clock: 1s, stream-time: 1s}}]} | every has the clocks wall-clock and stream-time
            {from: a, to: b, steps: [{every: {wall-clock: 10ms}}]} | every.wall-clock is "10ms", expected a duration such as 5s, 10m or 1h, from 100ms to 366d
            {from: a, to: b, steps: [{window: {tumbling: 5s}}, {count: true}, {every: {wall-clock: 1s, emit: all}}]} | every.emit is all, but windows that have ended would be emitted forever
            {from: a, to: b, steps: [{every: {wall-clock: 1s, max-keys: 0}}]} | every.max-keys is "0", expected a whole number from 1 to 1000000
            {from: a, to: b, steps: [{process: {}}]} | process.class is missing, expected a class of a jar in lib/
            {from: a, to: b, steps: [{process: {class: example.None}}]} | process.class is example.None, which is not on the class path: expected a class of a jar in lib/
            {from: a, to: b, steps: [{process: {class: java.lang.String}}]} | process.class is java.lang.String, which does not implement org.apache.kafka.streams.processor.api.ProcessorSupplier
            {from: a, to: b, steps: [{process: {class: io.wadi.streams.parser.InvalidProcessors$Parameters}}]} | expected a public constructor without parameters
            {from: a, to: b, steps: [{process: {class: io.wadi.streams.parser.InvalidProcessors$Failing}}]} | which cannot be loaded: java.lang.IllegalStateException: of this test
            {from: a, to: b, steps: [{process: {class: io.wadi.streams.parser.InvalidProcessors$Shared}}]} | : get() returns the same processor twice, expected a new processor each time
            {from: a, to: b, steps: [{process: {class: io.wadi.streams.parser.InvalidProcessors$Persistent, stores: [disk]}}]} | process.stores of io.wadi.streams.parser.InvalidProcessors$Persistent has [disk] in RocksDB, expected in-memory stores
            {from: a, to: b, steps: [{process: {class: io.wadi.streams.topology.CountingProcessor, stores: [count]}}]} | process.stores is [count], but stores() of io.wadi.streams.topology.CountingProcessor returns [counts]: expected the same names
            {from: a, to: b, steps: [{process: {class: io.wadi.streams.topology.CountingProcessor}}]} | process.stores is [], but stores() of io.wadi.streams.topology.CountingProcessor returns [counts]
            {from: a, to: b, steps: [{process: {class: x, stores: [main-1]}}]} | process.stores is "main-1", expected a letter
            {from: a, to: b, steps: [{process: {class: x, stores: [c]}}, {process: {class: x, stores: [c]}}]} | process.stores is "c", which line 1 declares too: expected a unique name
            {from: a, steps: [{process: {class: x, outputs: [{name: o, to: b}, {name: o, to: c}]}}]} | process.o: name is "o", which line 1 declares too
            {from: a, to: b, steps: [{process: {class: io.wadi.streams.topology.CountingProcessor, stores: [counts], outputs: [{name: o, to: b}]}}]} | to is not allowed with outputs: each output has its own
            {from: a, steps: [{process: {class: io.wadi.streams.topology.CountingProcessor, stores: [counts], outputs: [{name: o, to: b}]}}, {count: true}]} | comes after process, which must be the last step: move it into the steps of a branch or output
            {from: a, to: b, steps: [{map: {jq: "[.p, trunc]"}}]} | map.jq does not compile: JsonQueryException: trunc/0 is not defined
            {from: a, to: b, steps: [{map: {jq: "{n: tonumbr}"}}]} | map.jq does not compile: JsonQueryException: tonumbr/0 is not defined
            {from: a, to: b, steps: [{filter: {jq: "any(.[]; f(1))"}}]} | filter.jq does not compile: JsonQueryException: f/1 is not defined
            {from: a, to: b, steps: [{map: {jq: "@base32"}}]} | map.jq does not compile: JsonQueryException: @base32/0 is not defined
            {from: a, to: b, steps: [{map: {jq: '@cvs "\\(.a)"'}}]} | map.jq does not compile: JsonQueryException: @cvs/0 is not defined
            {from: a, to: b, steps: [{map: {jq: "$usr.city"}}], tables: {user: {topic: t}}} | map.jq uses $usr, which is not defined; did you mean $user?
            {from: a, to: b, steps: [{map: {jq: "{$windowstart}"}}]} | map.jq uses $windowstart, which is not defined; did you mean $windowStart?
            {from: a, to: b, steps: [{map: {jq: $windowStart}}]} | map.jq uses windowStart, but there is no window before
            {from: a, to: b, steps: [{count: true}, {map: {jq: $windowEnd}}]} | map.jq uses windowEnd, but there is no window before
            {from: a, to: b, steps: [{window: {tumbling: 5s}}, {sum: {jq: $windowEnd}}]} | sum.jq uses windowEnd, but there is no window before
            {from: a, to: b, steps: [{window: {tumbling: 5s}}, {count: true}, {join: t}, {map: {jq: '{n: ., $windowStart}'}}], tables: {t: {topic: t}}} | map.jq uses windowStart, but it is not available after join: t: copy it into the value before
            {from: a, to: b, steps: [{window: {tumbling: 5s}}, {count: true}, {select-key: {jq: .}}, {every: {wall-clock: 1s}}, {map: {simple: "${variable.windowEnd}"}}]} | map.simple uses windowEnd, but it is not available after every
            {from: a, to: b, steps: [{window: {tumbling: 5s}}, {count: true}, {repartition: {}}, {select-key: {jq: $windowEnd}}]} | select-key.jq uses windowEnd, but it is not available after repartition
            {from: a, steps: [{branch: []}]}         | branch is empty, expected a list of branches such as {when: {jq: .field}, to: topic}
            {from: a, to: a}                         | to is a, like from: each record would be processed again without end; expected another topic, or a filter before
            {from: a, steps: [{branch: [{when: {jq: .}, to: b}, {to: a}]}]} | to is a, like from: each record would be processed again without end
            {from: a, steps: [{map: {jq: .n}}, {branch: [{steps: [{repartition: {}}], to: {topic: a}}]}]} | to is a, like from: each record
            {from: a, steps: [{repartition: {}}, {branch: [{when: {jq: .}, to: b}, {steps: [{branch: [{to: a}]}]}]}]} | to is a, like from: each record
            {flows: [{name: n, from: a, to: b}, {name: m, from: b, steps: [{count: true}], to: a}]} | line 1: to is b, which streams/test.yaml line 1 copies to a: each record would be processed again without end
            {flows: [{name: n, from: a, steps: [{branch: [{when: {jq: .}, to: x}, {to: b}]}]}, {name: m, from: b, to: a}]} | to is b, which streams/test.yaml line 1 copies to a
            {from: dead-letters, to: a}              | from is dead-letters, the dead-letter topic: the dead letter of a failed record would be processed again without end; expected another topic
            {flows: [{name: n, from: {topic: dead-letters, value: json}, to: a}]} | from is dead-letters, the dead-letter topic
            {from: a, to: b, tables: {t: {topic: dead-letters}}} | tables.t.topic is dead-letters, the dead-letter topic
            {flows: []}                              | flows is empty, expected a list of flows such as {name: copy, from: topic, to: topic}
            {topology: {bean: x}, from: a}           | from is not allowed with topology
            """)
    void mistake_isReported(String yaml, String message) {
        assertThat(mistakes(yaml, Map.of()))
                .as(yaml)
                .isNotEmpty()
                .allSatisfy(mistake -> assertThat(mistake).startsWith("streams/test.yaml line "))
                .anySatisfy(mistake -> assertThat(mistake).contains(message));
    }

    /** Such a flow can wait, or count its attempts. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "filter: {jq: .}}, {branch: [{to: a}]",
                "branch: [{when: {jq: .}, to: a}, {to: b}]",
                "branch: [{when: {jq: .}, steps: [{branch: [{to: a}]}]}]",
                "branch: [{when: {jq: .n > 3}, to: b}, {steps: [{map: {jq: '.n += 1'}}], to: a}]",
                "join: {table: t, missing: keep}}, {branch: [{when: {jq: $t}, to: b}, {to: a}]",
                "process: {class: io.wadi.streams.topology.CountingProcessor, stores: [counts], outputs: [{name: first, to: a}]}"
            })
    void branchToTheInputTopicThatRecordsCanLeave_isNoMistake(String steps) {
        assertThat(mistakes("{from: a, steps: [{%s}], tables: {t: {topic: t}}}".formatted(steps), Map.of()))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{name: n, from: a, to: b}, {name: m, from: b, steps: [{filter: {jq: .}}], to: a}",
                "{name: n, from: a, steps: [{branch: [{when: {jq: .}, to: x}, {to: b}]}]}, {name: m, from: b, steps: [{map: {jq: .}}], to: a}",
                "{name: n, from: a, to: b}, {name: m, from: c, to: a}",
                "{name: n, from: a, to: b}, {name: m, from: b, to: {topic: {jq: .}, among: [a, c]}}"
            })
    void flowsBetweenTopicsThatRecordsCanLeave_areNoMistake(String flows) {
        assertThat(mistakes("{flows: [%s]}".formatted(flows), Map.of())).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{from: {topic: a, value: json}, steps: [deduplicate: {by: /id, within: 1h}], to: b}",
                "{from: a, steps: [map: {jq: '{id: .}'}, deduplicate: {by: /id, within: 1h}], to: b}",
                "{from: a, steps: [aggregate: {id: {count: true}}, deduplicate: {by: /id, within: 1h}], to: b}",
                "{from: a, steps: [deduplicate: {by: key, within: 1h}], to: b}"
            })
    void deduplicationByAFieldOfJsonOrOfChangedValues_isNoMistake(String yaml) {
        assertThat(mistakes(yaml, Map.of())).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[{join: t}, {select-key: {jq: $t}}, {map: {jq: $t}}]",
                "[{join: t}, {join: u}, {map: {jq: '{t: $t, u: $u}'}}]",
                "[{join: t}, {select-key: {jq: .k}}, {join: g}, {map: {jq: '$t + $g'}}]",
                "[{join: t}, {sum: {jq: $t}}]",
                "[{join: t}, {count: true}, {join: t}, {map: {jq: $t}}]",
                "[{join: t}, {count: true}, {every: {wall-clock: 1s}}, {join: t}, {map: {jq: $t}}, {join: u}, {map: {jq: $t}}]",
                "[{join: {table: g, on: {jq: .k}}}, {filter: {simple: '${variable.g} == 1'}}]",
                "[{map: {jq: '{t: .t, text: \"$t\"}'}}, {map: {jq: '.t as $t | $t'}}]"
            })
    void tableThatIsJoined_isAvailableUntilTheRecordsAreWrittenToAnotherTopicOrStore(String steps) {
        String yaml =
                "{from: a, to: b, steps: %s, tables: {t: {topic: t}, u: {topic: u}, g: {topic: g, global: true}}}";

        assertThat(mistakes(yaml.formatted(steps), Map.of())).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{map: {jq: '{n: ., $windowStart}'}}, {filter: {jq: $windowEnd}}",
                "{select-key: {jq: $windowStart}}, {filter: {jq: $windowEnd}}, {sum: {jq: $windowEnd}}",
                "{every: {wall-clock: 1s}}, {join: g}, {map: {jq: $windowStart}}",
                "{branch: [{when: {jq: $windowStart}, to: b}, {steps: [{map: {jq: $windowEnd}}], to: c}]}",
                "{map: {jq: '{windowStart: .a}'}}, {repartition: {}}, {map: {jq: '.windowStart as $windowStart | $windowStart'}}",
                "{join: t}, {every: {wall-clock: 1s, emit: all}}, {deduplicate: {within: 1h}}"
            })
    void windowOfAResult_isAvailableUntilTheResultIsWrittenToAnotherTopicOrStore(String steps) {
        String end = steps.contains("branch") ? "" : ", to: b";
        String yaml =
                "{from: a, steps: [{window: {tumbling: 5s}}, {count: true}, %s]%s, tables: {t: {topic: t}, g: {topic: g, global: true}}}";

        assertThat(mistakes(yaml.formatted(steps, end), Map.of())).isEmpty();
    }

    /** Kafka would reject the names of its internal topics at each start. */
    @Test
    void nameOfAFileThatIsNoApplicationId_isReported() {
        assertThatThrownBy(() -> TopologyDriver.read("daily totals", "{from: a, to: b}", Map.of()))
                .hasMessageContaining(
                        "streams/daily totals.yaml line 1, column 1: application is \"wadi-daily totals\","
                                + " derived from the name of the file, expected 1 to 100 letters, digits, dots, underscores"
                                + " and hyphens: rename the file, or set application");
        assertThat(TopologyDriver.read("daily totals", "{from: a, to: b, application: totals}", Map.of())
                        .application())
                .isEqualTo("totals");
    }

    @Test
    void missingProcessor_isReportedOnce() {
        assertThat(mistakes("""
                        from: a
                        steps:
                          - process:
                              class: example.None
                              outputs:
                                - {name: b, to: b}
                        """, Map.of()))
                .containsExactly("streams/test.yaml line 4, column 14: process.class is example.None, which is not on"
                        + " the class path: expected a class of a jar in lib/");
    }

    @Test
    void mistakes_areReportedTogether_withTheirLines() {
        assertThat(mistakes("""
                        from: {topic: a, valu: json}
                        steps:
                          - filter: {simple: "${"}
                          - windw: {tumbling: 5s}
                        to: "?"
                        """, Map.of()))
                .hasSize(4)
                .anySatisfy(mistake -> assertThat(mistake).startsWith("streams/test.yaml line 1, column 18: from.valu"))
                .anySatisfy(mistake -> assertThat(mistake).startsWith("streams/test.yaml line 3, column 22: filter"))
                .anySatisfy(mistake -> assertThat(mistake).startsWith("streams/test.yaml line 4, column 5: windw"))
                .anySatisfy(mistake -> assertThat(mistake).startsWith("streams/test.yaml line 5, column 5: to is"));
    }

    @Test
    void topicsWithDifferentPartitionCounts_areReported_withBothRemedies() {
        String yaml = """
                tables: {address: {topic: addresses%s}}
                from: {topic: orders, value: json}
                steps:
                  - filter: {simple: "${body}"}
                %s  - join: address
                to: out
                """;
        Map<String, Integer> declared = Map.of("orders", 3, "addresses", 2);

        assertThat(mistakes(yaml.formatted("", ""), declared))
                .containsExactly("streams/test.yaml line 5: join: orders has 3 partitions, addresses (table"
                        + " address) has 2: records with the same key would be in different partitions; add"
                        + " - repartition: {partitions: 2} before the join, or make it a global table (global: true),"
                        + " replicated to each instance");
        assertThat(mistakes(yaml.formatted("", "  - repartition: {partitions: 4}\n"), declared))
                .singleElement()
                .asString()
                .contains("line 6: join: the records have 4 partitions");
        assertThat(mistakes(yaml.formatted(", global: true", ""), declared)).isEmpty();
        assertThat(mistakes(yaml.formatted("", "  - repartition: {partitions: 2}\n"), declared))
                .isEmpty();
        assertThat(mistakes(yaml.formatted("", "  - select-key: {simple: \"${body}\"}\n"), declared))
                .isEmpty();
        assertThat(mistakes(yaml.formatted("", "  - deduplicate: {by: /id, within: 1h}\n"), declared))
                .isEmpty();
        assertThat(mistakes(yaml.formatted("", "  - deduplicate: {by: key, within: 1h}\n"), declared))
                .isNotEmpty();
    }

    /** These steps repartition the records by key into as many partitions as the source topic has. */
    @ParameterizedTest
    @ValueSource(strings = {"count: true", "repartition: {}", "every: {wall-clock: 1s}"})
    void joinAfterRepartitioningByANewKey_needsTheSamePartitionCount(String step) {
        String yaml = """
                tables: {address: {topic: addresses}}
                from: orders
                steps:
                  - select-key: {simple: "${body}"}
                  - %s
                  - join: address
                to: out
                """;

        assertThat(mistakes(yaml.formatted(step), Map.of("orders", 3, "addresses", 2)))
                .singleElement()
                .asString()
                .contains("line 6: join: orders has 3 partitions, addresses (table address) has 2");
        assertThat(mistakes(yaml.formatted(step), Map.of("orders", 2, "addresses", 2)))
                .isEmpty();
    }

    @Test
    void joinOfWindowResults_needsNoPartitionCount_untilTheyAreRepartitioned() {
        String yaml = """
                tables: {address: {topic: addresses}}
                from: orders
                steps:
                  - window: {tumbling: 5s}
                  - count: true
                  - %s
                  - join: address
                to: out
                """;
        Map<String, Integer> declared = Map.of("orders", 3, "addresses", 2);

        assertThat(mistakes(yaml.formatted("every: {wall-clock: 1s}"), declared))
                .isEmpty();
        assertThat(mistakes(yaml.formatted("repartition: {}"), declared)).hasSize(1);
    }

    @Test
    void validFile_isParsed() {
        StreamsFile file = TopologyDriver.read("orders", """
                description: All of it
                application: mine
                threads: 2
                standbys: 1
                flows:
                  - name: spent
                    from: {topic: payments, value: json}
                    steps:
                      - window: {session: 30m, grace: 0s, emit: final}
                      - avg: {jsonpath: $.amount}
                    to: {topic: spent, value: double}
                  - {name: copy, from: a, to: b}
                """, Map.of());

        assertThat(file.application()).isEqualTo("mine");
        assertThat(file.threads()).isEqualTo(2);
        assertThat(file.standbys()).isEqualTo(1);
        assertThat(file.flows()).extracting(Flow::name).containsExactly("spent", "copy");
        assertThat(file.flows().get(0).steps()).singleElement().satisfies(step -> {
            Step.Aggregate aggregate = (Step.Aggregate) step;
            assertThat(aggregate.window())
                    .isEqualTo(new WindowDefinition(
                            WindowDefinition.Kind.SESSION,
                            Duration.ofMinutes(30),
                            Duration.ofMinutes(30),
                            Duration.ZERO,
                            Duration.ofMinutes(30),
                            true));
            assertThat(aggregate.aggregations().isNamed()).isFalse();
        });
        assertThat(TopologyDriver.read("copy", "{from: a, to: b}", Map.of()).application())
                .isEqualTo("wadi-copy");
    }

    private static List<String> mistakes(String yaml, Map<String, Integer> declared) {
        SettingsException found =
                catchThrowableOfType(SettingsException.class, () -> TopologyDriver.read("test", yaml, declared));
        return found == null ? List.of() : found.mistakes();
    }
}
