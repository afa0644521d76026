package io.wadi.metrics.alerts;

import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.format.CollidingNames;
import io.wadi.metrics.alerts.RejectedDocument.Cause;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RuleEvaluationTest {
    private static final String RULES = """
            rules:
              - alert: Cpu
                metricset: cpu
                value: [system.cpu.total.norm.pct, system.cpu.total.pct / system.cpu.cores]
                share: true
                above: 0.5
              - {alert: Silent, no-data-after: 1m}
            """;
    private static final int CPU = 0;
    private static final String START = "{\"@timestamp\":\"2026-11-20T01:00:00.000Z\",\"host\":{\"name\":\"web-01\"},";

    private final RuleEvaluation evaluation = new RuleEvaluation(AlertRules.parse(RULES));

    @Test
    void fixtures_areEvaluatedByTheShippedRules() throws IOException {
        RuleEvaluation shipped = new RuleEvaluation(AlertRules.parse(Files.readString(Path.of("alerts.yaml"))));
        double[][] expected = {
            {0, 0.1889}, {1, 0.7125}, {0, 0.5}, {0, 0.5001}, {0, 0.9312}, {1, Double.NaN}, {}, {0, Double.NaN}
        };
        for (int i = 0; i < expected.length; i++) {
            assertThat(shipped.read(Documents.bytes(Documents.fixtures().get(i)), Long.MAX_VALUE))
                    .isNull();
            int[] selected = shipped.selected();
            assertThat(selected[selected.length - 1]).as("the no-data rule").isEqualTo(2);
            assertThat(selected).hasSize(expected[i].length == 0 ? 1 : 2);
            if (expected[i].length > 0) {
                assertThat(selected[0]).isEqualTo((int) expected[i][0]);
                double value = shipped.measure(selected[0]);
                if (i == 5) {
                    assertThat(value).as("db-01's memory").isGreaterThan(0.9);
                } else {
                    assertThat(Double.valueOf(value)).isEqualTo(Double.valueOf(expected[i][1]));
                }
            }
        }
        assertThat(shipped.rejection().cause()).isEqualTo(Cause.FETCH_FAILED);
        assertThat(shipped.rejection().reason())
                .startsWith("metric document: the agent on \"web-01\" could not fetch: ")
                .endsWith("(rule HostCpuHigh)");
        assertThat(shipped.host()).isEqualTo("web-01");
    }

    @Test
    void read_afterDocumentsWithCollidingNames_isNotRejected() {
        for (String json : CollidingNames.objects()) {
            evaluation.read(json.getBytes(UTF_8), Long.MAX_VALUE);
        }
        String document = "{\"country\":\"NZ\"," + START.substring(1)
                + "\"metricset\":{\"name\":\"cpu\"},\"system\":{\"cpu\":{\"total\":{\"norm\":{\"pct\":0.7}}}}}";

        assertThat(evaluation.read(document.getBytes(UTF_8), Long.MAX_VALUE)).isNull();
        assertThat(evaluation.measure(CPU)).isEqualTo(0.7);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'metricset':{'name':'cpu'},'system':{'cpu':{'total':{'norm':{'pct':0.7}}}}",
                "'metricset.name':'cpu','system.cpu.total.norm.pct':0.7",
                "'metricset':{'name':'cpu'},'system.cpu':{'total.norm':{'pct':0.7}}",
                "'metricset':{'name':'cpu'},'system':{'cpu.total':{'norm.pct':0.7}}",
                "'system':{'cpu':{'total':{'norm':{'pct':0.7}}}},'metricset':{'name':'cpu'}",
                "'metricset':{'name':'cpu'},'system':{'cpu':{'total':{'pct':2.1},'cores':3}}",
                "'system.cpu.cores':3,'system':{'cpu':{'total':{'pct':2.1}}},'metricset':{'name':'cpu'}",
                "'metricset':{'name':'cpu'},'system':{'cpu':{'total':{'pct':9,'norm':{'pct':0.7}},'cores':1}}",
                "'metricset':{'name':'cpu'},'system':{'cpu':{'total':{'norm':{'pct':null}}},'cpu.total':{'norm.pct':0.7}}",
                "'metricset':{'name':'cpu'},'a':[{'system.cpu.total.norm.pct':1}],'system.cpu.total.norm.pct':0.7",
                "'error':{'message':'half of it failed'},'metricset':{'name':'cpu'},'system.cpu.total.norm.pct':0.7",
            })
    void value_isFoundInNestedAndDottedForm(String members) {
        assertThat(evaluation.read(document(members), Long.MAX_VALUE)).isNull();

        assertThat(evaluation.selected()).containsExactly(0, 1);
        assertThat(evaluation.measure(CPU)).isEqualTo(0.7);
        assertThat(evaluation.host()).isEqualTo("web-01");
        assertThat(evaluation.time())
                .isEqualTo(Instant.parse("2026-11-20T01:00:00Z").toEpochMilli());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'system.cpu.total.norm.pct':'0.9'      | NO_NUMBER | system.cpu.total.norm.pct: found the string \"0.9\", expected a finite number",
                "'system.cpu.total.norm.pct':'NaN'      | NO_NUMBER | found the string \"NaN\", expected a finite number",
                "'system.cpu.total.norm.pct':1e999      | NO_NUMBER | found 1e999, expected a finite number",
                "'system.cpu.total.norm.pct':[1]        | NO_NUMBER | found an array, expected a finite number",
                "'system.cpu.total.norm.pct':{'a':1}    | NO_NUMBER | found an object, expected a finite number",
                "'system.cpu.total.norm.pct':true       | NO_NUMBER | found true, expected a finite number",
                "'system.cpu.total.norm.pct':1.01       | OUT_OF_RANGE | system.cpu.total.norm.pct: found 1.01, expected 0 to 1",
                "'system.cpu.total.norm.pct':-0.1       | OUT_OF_RANGE | found -0.1, expected 0 to 1",
                "'system.cpu':{'total.pct':9,'cores':8} | OUT_OF_RANGE | system.cpu.total.pct / system.cpu.cores: found 1.125, expected 0 to 1",
                "'system.cpu':{'total.pct':1}           | NO_NUMBER | system.cpu.cores: missing, needed to divide system.cpu.total.pct",
                "'system.cpu':{'total.pct':1,'cores':0} | NO_NUMBER | system.cpu.cores: found 0.0, expected a number above 0",
                "'system.cpu':{'total.pct':1,'cores':'4'} | NO_NUMBER | system.cpu.cores: found the string \"4\", expected a finite number",
                "'error':{'message':'permission denied'} | FETCH_FAILED | the agent on \"web-01\" could not fetch: permission denied",
            })
    void invalidValue_isRejectedWithTheReason(String members, Cause cause, String reason) {
        assertThat(evaluation.read(document("'metricset':{'name':'cpu'}," + members), Long.MAX_VALUE))
                .isNull();

        assertThat(evaluation.measure(CPU)).isNaN();
        assertThat(evaluation.rejection().cause()).isEqualTo(cause);
        assertThat(evaluation.rejection().reason())
                .startsWith("metric document: ")
                .contains(reason)
                .endsWith(" (rule Cpu)");
        assertThat(evaluation.rejection().deadLetter()).isTrue();
    }

    @Test
    void missingValue_isNotRejected() {
        assertThat(evaluation.read(document("'metricset':{'name':'cpu'},'system.cpu.cores':4"), Long.MAX_VALUE))
                .isNull();

        assertThat(evaluation.measure(CPU)).isNaN();
        assertThat(evaluation.rejection()).isNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "``                                     | NOT_JSON | found nothing, expected a JSON object",
                "[1]                                    | NOT_JSON | found an array, expected a JSON object",
                "{'metricset':{'name':'cpu'}            | NOT_JSON | not JSON at line 1, column ",
                "{'host':{'name':'a'},'x':NaN}          | NOT_JSON | not JSON at line 1, column ",
                "{'@timestamp':'2026-11-20T01:00:00Z'}  | NO_ORIGIN | host.name: missing, expected 1 to 255 valid Unicode characters",
                "{'@timestamp':'2026-11-20T01:00:00Z','host':{'name':''}} | NO_ORIGIN | host.name: found \"\", expected 1 to 255",
                "{'@timestamp':'2026-11-20T01:00:00Z','host':{'name':'a\\ud800'}} | NO_ORIGIN | expected 1 to 255 valid Unicode characters",
                "{'@timestamp':'2026-11-20T01:00:00Z','host.name':7} | NO_ORIGIN | host.name: found 7, expected a string",
                "{'host':{'name':'a'}}                  | NO_ORIGIN | @timestamp: missing, expected a time such as",
                "{'host':{'name':'a'},'@timestamp':'now'} | NO_ORIGIN | @timestamp: found \"now\", expected a time after 1970",
                "{'host':{'name':'a'},'@timestamp':'1969-12-31T23:59:59Z'} | NO_ORIGIN | expected a time after 1970",
                "{'host':{'name':'a'},'@timestamp':'2036-01-01T00:00:00Z'} | NO_ORIGIN | expected up to 2035-01-01T00:00:00Z: the sender's clock is ahead",
            })
    void documentUnusableForEachRule_isRejectedWithTheReason(String json, Cause cause, String reason) {
        RejectedDocument rejection = evaluation.read(
                Documents.bytes(json.replace('\'', '"')),
                Instant.parse("2035-01-01T00:00:00Z").toEpochMilli());

        assertThat(rejection.cause()).isEqualTo(cause);
        assertThat(rejection.reason())
                .startsWith("metric document: ")
                .contains(reason)
                .doesNotContain("(rule ");
        assertThat(rejection.deadLetter()).isTrue();
    }

    @Test
    void documentMatchedOnlyByRulesThatIgnoreInvalidOnes_isIgnored() {
        RuleEvaluation ignoring = new RuleEvaluation(
                AlertRules.parse("rules: [{alert: A, metricset: cpu, value: a, above: 1, invalid: ignore}]"));

        assertThat(ignoring.read(Documents.bytes("{\"metricset\":{\"name\":\"cpu\"}}"), Long.MAX_VALUE)
                        .deadLetter())
                .isFalse();
        assertThat(ignoring.read(document("'metricset':{'name':'cpu'},'a':'1'"), Long.MAX_VALUE))
                .isNull();
        assertThat(ignoring.measure(0)).isNaN();
        assertThat(ignoring.rejection().deadLetter()).isFalse();
    }

    @Test
    void document_isReadOnlyAsFarAsNeeded() {
        byte[] enough = document("'metricset':{'name':'cpu'},'system.cpu.total.norm.pct':0.7,'then'");

        assertThat(evaluation.read(Arrays.copyOf(enough, enough.length - 3), Long.MAX_VALUE))
                .isNull();
        assertThat(evaluation.measure(CPU)).isEqualTo(0.7);
    }

    @Test
    void documents_areSelectedByDatasetToo() {
        RuleEvaluation both = new RuleEvaluation(AlertRules.parse("""
                rules:
                  - {alert: A, dataset: system.cpu, value: a, above: 1}
                  - {alert: B, metricset: cpu, value: b, above: 1}
                  - {alert: C, dataset: other, value: a, above: 1}
                """));

        both.read(document("'metricset':{'name':'cpu'},'a':1,'b':2,'event':{'dataset':'system.cpu'}"), Long.MAX_VALUE);
        assertThat(both.selected()).containsExactly(0, 1);
        assertThat(both.measure(1)).isEqualTo(2);
        both.read(document("'event.dataset':'other','a':3"), Long.MAX_VALUE);
        assertThat(both.selected()).containsExactly(2);
        both.read(document("'event.dataset':'unknown'"), Long.MAX_VALUE);
        assertThat(both.selected()).isEmpty();
    }

    /** A document of 1 MB, a deeply nested one and one in UTF-16. */
    @Test
    void document_ofAnySize_isReadOrRejected() {
        String large = "'metricset':{'name':'cpu'},'x':'" + "y".repeat(1_000_000) + "','system.cpu.total.norm.pct':0.7";
        assertThat(evaluation.read(document(large), Long.MAX_VALUE)).isNull();
        assertThat(evaluation.measure(CPU)).isEqualTo(0.7);
        assertThat(evaluation
                        .read(document("'x':" + "[".repeat(100_000)), Long.MAX_VALUE)
                        .cause())
                .isEqualTo(Cause.NOT_JSON);
        assertThat(evaluation.read("{\"host\":{\"name\":\"a\"}}".getBytes(UTF_16), Long.MAX_VALUE))
                .isNotNull();
    }

    /** Random bytes cause no exception and do not affect the next document. */
    @Property(tries = 2000)
    void randomBytes_areReadOrRejected(@ForAll long seed) {
        Random random = new Random(seed);
        byte[] bytes = Documents.bytes(Documents.fixtures().get(random.nextInt(8)));
        for (int changes = random.nextInt(4); changes >= 0; changes--) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        }
        byte[] broken = Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
        RejectedDocument rejection = evaluation.read(broken, Long.MAX_VALUE);
        if (rejection == null) {
            for (int rule : evaluation.selected()) {
                assertThat(Double.isInfinite(evaluation.measure(rule))).isFalse();
            }
        }

        value_isFoundInNestedAndDottedForm("'metricset':{'name':'cpu'},'system.cpu.total.norm.pct':0.7");
    }

    private static byte[] document(String members) {
        return Documents.bytes((START + members + "}").replace('\'', '"'));
    }
}
