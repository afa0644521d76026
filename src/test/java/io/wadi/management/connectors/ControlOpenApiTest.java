package io.wadi.management.connectors;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.wadi.testing.OpenApi;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The management port's OpenAPI document in itself; {@link ConnectApiIT} holds real answers against it. */
final class ControlOpenApiTest {
    private static final OpenApi API = OpenApi.ofControl();
    private static final JsonNode DOCUMENT = API.document();

    @Test
    void references_areResolvable_andAllComponentsAreUsed() {
        List<JsonNode> references = DOCUMENT.findParents("$ref");
        List<String> used = DOCUMENT.findValuesAsText("$ref");

        assertThat(references).hasSizeGreaterThan(50);
        assertThat(references)
                .allSatisfy(each -> assertThat(API.resolved(each).isMissingNode())
                        .as(each.toString())
                        .isFalse());
        assertThat(List.of("parameters", "responses", "schemas"))
                .allSatisfy(kind -> assertThat(
                                DOCUMENT.at("/components/" + kind).properties())
                        .allSatisfy(component ->
                                assertThat(used).contains("#/components/" + kind + "/" + component.getKey())));
    }

    @Test
    void examples_areValidForTheirSchemas() {
        List<JsonNode> examples = DOCUMENT.findParents("example");

        assertThat(examples).hasSizeGreaterThan(10);
        assertThat(examples)
                .allSatisfy(each -> assertThat(API.violations(each.path("schema"), each.path("example")))
                        .as(each.toString())
                        .isEmpty());
    }
}
