package io.wadi.indexing.setup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.wadi.indexing.client.ElasticsearchAdmin;
import io.wadi.indexing.client.ElasticsearchConnection;
import io.wadi.indexing.client.ElasticsearchOptions;
import io.wadi.indexing.document.IndexName;
import io.wadi.testing.ElasticsearchProbe;
import io.wadi.testing.TestServers;
import io.wadi.testing.Warnings;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.common.errors.InterruptException;
import org.junit.jupiter.api.Test;

/** Templates and aliases on a real Elasticsearch. */
class IndexSetupIT {
    private static final String URL = TestServers.shared().ports().elasticsearchUrl();
    private static final ElasticsearchProbe PROBE = new ElasticsearchProbe(URL);
    private static final ElasticsearchConnection CONNECTION =
            new ElasticsearchConnection(new ElasticsearchOptions(List.of(URL), "", "", "", "", Duration.ofSeconds(10)));

    private static SetupFile template(String name, int version, String field) {
        return new SetupFile(
                SetupFile.Kind.INDEX_TEMPLATES,
                name,
                ("{\"version\":%d,\"priority\":7,\"index_patterns\":[\"%s*\"],\"_meta\":{\"of\":\"tests\"},"
                                + "\"template\":{\"mappings\":{\"properties\":{\"%s\":{\"type\":\"keyword\"}}}}}")
                        .formatted(version, name, field));
    }

    private static void install(IndexName index, SetupFile... files) throws Exception {
        ElasticsearchAdmin admin = new ElasticsearchAdmin(CONNECTION);
        try (IndexSetup setup =
                new IndexSetup(List.of(files), admin, new IndexOrigins(admin, topic -> Optional.empty()))) {
            Readiness ready = setup.add(index);
            await().until(() -> ready.obstacle() == null);
        }
    }

    private static JsonNode properties(String name) throws Exception {
        return PROBE.request("GET", "/_index_template/" + name, "")
                .at("/index_templates/0/index_template/template/mappings/properties");
    }

    @Test
    void template_isInstalled_andReplacedByANewerVersionOnly() throws Exception {
        IndexName index = IndexName.of("setup-a-index");
        install(index, template("setup-a", 1, "first"));
        assertThat(properties("setup-a").has("first")).isTrue();
        assertThat(PROBE.request("GET", "/_index_template/setup-a", "")
                        .at("/index_templates/0/index_template/_meta/of")
                        .asText())
                .isEqualTo("tests");

        install(index, template("setup-a", 2, "second"));
        assertThat(properties("setup-a").has("second")).isTrue();

        install(index, template("setup-a", 1, "first"));
        assertThat(properties("setup-a").has("second")).isTrue();
    }

    @Test
    void webEvents_withManyOrOtherFields_doNotPreventThoseOfOtherSenders() throws Exception {
        String index = "/select-color-index-of-setup";
        install(
                IndexName.of(index.substring(1)),
                SetupFiles.read("elasticsearch").toArray(SetupFile[]::new));
        String manyFields = IntStream.range(0, 994)
                .mapToObj(i -> "\"field%d\":%d".formatted(i, i))
                .collect(Collectors.joining(",", "{", "}"));

        for (String document : List.of(
                manyFields,
                "{\"campaign\":{\"is\":\"an object\"},\"since\":\"2026-11-27\"}",
                "{\"campaign\":\"spring\",\"since\":\"always\",\"colorName\":\"red\"}")) {
            HttpResponse<String> created = PROBE.send("POST", index + "/_doc?refresh=true", document);
            assertThat(created.statusCode()).as(created.body()).isEqualTo(201);
        }

        assertThat(PROBE.request("GET", index + "/_search?q=colorName:red", "").at("/hits/hits/0/_source/campaign"))
                .hasToString("\"spring\"");
    }

    @Test
    void foreignTemplate_isNotChanged() throws Exception {
        PROBE.request("PUT", "/_index_template/setup-b", "{\"index_patterns\":[\"setup-b*\"]}");

        try (Warnings warnings = new Warnings(Installation.class.getName())) {
            install(IndexName.of("setup-b-index"), template("setup-b", 1, "ours"));
            assertThat(warnings.lines())
                    .containsExactly("Skipped index-templates/setup-b.json: Wadi did not install the existing"
                            + " /_index_template/setup-b; rename one of them");
        }

        assertThat(properties("setup-b").isMissingNode()).isTrue();
    }

    @Test
    void index_isCreatedOnce_asTheFirstGenerationBehindAnAlias() throws Exception {
        IndexName index = IndexName.of("setup-c");
        install(index, template("setup-c", 1, "ours"));
        install(index, template("setup-c", 1, "ours"));

        JsonNode made = PROBE.request("GET", "/setup-c", "");
        assertThat(made.fieldNames()).toIterable().containsExactly("setup-c-000001");
        assertThat(made.at("/setup-c-000001/aliases/setup-c/is_write_index").asBoolean())
                .isTrue();
        assertThat(made.at("/setup-c-000001/mappings/properties").has("ours")).isTrue();
    }

    /** As after a rebuild and a deletion of the index behind the alias. */
    @Test
    void formerGenerationsWithoutTheAlias_areKept_andTheNextIsCreated() throws Exception {
        PROBE.request("PUT", "/setup-generations-000001", "");
        PROBE.request("PUT", "/setup-generations-000002", "");
        PROBE.request("POST", "/setup-generations-000002/_close", "");

        install(IndexName.of("setup-generations"));

        JsonNode made = PROBE.request("GET", "/setup-generations", "");
        assertThat(made.fieldNames()).toIterable().containsExactly("setup-generations-000003");
        assertThat(made.at("/setup-generations-000003/aliases/setup-generations/is_write_index")
                        .asBoolean())
                .isTrue();
    }

    @Test
    void existingIndices_dataStreamsAndDatedIndices_areNotCreated() throws Exception {
        PROBE.request("PUT", "/setup-d", "");
        install(IndexName.of("setup-d"));
        assertThat(PROBE.request("GET", "/setup-d", "").fieldNames())
                .toIterable()
                .containsExactly("setup-d");

        install(
                IndexName.of("setup-e-stream"),
                template("setup-e", 1, "ours"),
                new SetupFile(
                        SetupFile.Kind.INDEX_TEMPLATES,
                        "setup-e-streams",
                        "{\"index_patterns\":[\"setup-e-*\"],\"data_stream\":{},\"priority\":8}"));
        assertThat(PROBE.send("GET", "/setup-e-stream", "").statusCode()).isEqualTo(404);

        install(IndexName.of("setup-f-{yyyy.MM}"));
        assertThat(PROBE.request("GET", "/setup-f-*", "").isEmpty()).isTrue();
    }

    @Test
    void originsThatWaitAtTheSameTime_areCheckedOnce() throws Exception {
        IndexName index = IndexName.of("setup-h");
        CountDownLatch checking = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        Queue<String> checked = new ConcurrentLinkedQueue<>();
        ElasticsearchAdmin admin = new ElasticsearchAdmin(CONNECTION);
        IndexOrigins origins = new IndexOrigins(admin, topic -> {
            checked.add(topic);
            checking.countDown();
            try {
                goOn.await();
            } catch (InterruptedException e) {
                throw new InterruptException(e);
            }
            return Optional.empty();
        });
        try (IndexSetup setup = new IndexSetup(List.of(), admin, origins)) {
            List<Readiness> partitions = new ArrayList<>();
            partitions.add(setup.addOrigin(index, "a"));
            checking.await();
            // A check that is in progress does not cover a topic recreated after its start.
            for (int i = 0; i < 50; i++) {
                partitions.add(setup.addOrigin(index, "a"));
            }
            partitions.add(setup.addOrigin(index, "b"));
            assertThat(partitions).noneMatch(Readiness::isAttempted);
            goOn.countDown();

            await().untilAsserted(() ->
                    assertThat(partitions).allMatch(each -> each.isAttempted() && each.obstacle() == null));
            assertThat(checked).containsExactlyInAnyOrder("a", "a", "b");
        }
    }

    @Test
    void policy_isSkippedIfElasticsearchHasNoPolicies() throws Exception {
        try (Warnings warnings = new Warnings(Installation.class.getName())) {
            install(
                    IndexName.of("setup-g"),
                    new SetupFile(SetupFile.Kind.ILM_POLICIES, "setup-g", "{\"policy\":{\"phases\":{}}}"));

            assertThat(PROBE.request("GET", "/setup-g", "")).isNotEmpty();
            assertThat(warnings.lines()).isEmpty();
        }
    }

    @Test
    void installedPolicy_isComparedByItsMetadata() throws Exception {
        SetupFile file = new SetupFile(SetupFile.Kind.ILM_POLICIES, "p", "{\"policy\":{\"phases\":{}}}");
        ObjectMapper json = new ObjectMapper();
        String installed = "{\"p\":{\"version\":3,\"policy\":%s}}"
                .formatted(json.readTree(file.content()).path("policy"));

        assertThat(file.difference(json.readTree(installed))).isEqualTo(SetupFile.Difference.NONE);
        assertThat(file.difference(json.readTree(installed.replace("wadi\":\"", "wadi\":\"other"))))
                .isEqualTo(SetupFile.Difference.OLDER);
        assertThat(file.difference(json.readTree("{\"p\":{\"policy\":{\"phases\":{}}}}")))
                .isEqualTo(SetupFile.Difference.FOREIGN);
    }

    @Test
    void fileThatIsNotATemplate_isRejected() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SetupFile(SetupFile.Kind.INDEX_TEMPLATES, "x", "[]"))
                .withMessage(
                        "index-templates/x.json: found no JSON object, expected a request of PUT /_index_template/x");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SetupFile(SetupFile.Kind.COMPONENT_TEMPLATES, "x", "{"))
                .withMessageStartingWith("component-templates/x.json: not JSON: ");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SetupFile(SetupFile.Kind.COMPONENT_TEMPLATES, "x", "{}{}"))
                .withMessageStartingWith("component-templates/x.json: not JSON: ");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SetupFile(SetupFile.Kind.ILM_POLICIES, "x", "{\"policy\":{\"_meta\":\"mine\"}}"))
                .withMessage("ilm-policies/x.json: _meta is \"mine\", expected a JSON object");
    }
}
