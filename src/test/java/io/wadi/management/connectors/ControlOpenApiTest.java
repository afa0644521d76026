package io.wadi.management.connectors;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.wadi.testing.OpenApi;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The consistency of the management port's OpenAPI document; {@link ConnectApiIT} validates real responses against it.
 */
final class ControlOpenApiTest {
    private static final OpenApi API = OpenApi.ofControl();
    private static final JsonNode DOCUMENT = API.document();

    @Test
    void references_areResolvable_andAllComponentsAreUsed() {
        API.assertReferences(50, "parameters", "responses", "schemas");
    }

    /** Clients that are generated from the document can log in; without users, requests need no credentials. */
    @Test
    void credentials_areOptional_andThoseOfUsersAndTokens() {
        assertThat(DOCUMENT.path("security")).hasToString("[{},{\"basic\":[]},{\"bearer\":[]}]");
        assertThat(DOCUMENT.at("/components/securitySchemes").findValuesAsText("scheme"))
                .containsExactly("basic", "bearer");
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
