package io.wadi.ingest.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.ExecutionContext;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaContext;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.keyword.AbstractKeyword;
import com.networknt.schema.keyword.DynamicRefValidator;
import com.networknt.schema.keyword.KeywordType;
import com.networknt.schema.keyword.KeywordValidator;
import com.networknt.schema.keyword.RefValidator;
import com.networknt.schema.path.NodePath;

/**
 * The keywords {@code $ref} and {@code $dynamicRef} for the networknt library, with a limit of the references that the
 * check of an event follows. If several branches of {@code oneOf} or {@code anyOf} refer back to the schema, the
 * library checks each level of the event once for each branch of the level above. Without the limit, an event of a few
 * hundred bytes would take hours.
 */
final class CountedReference extends AbstractKeyword {
    private static final int PER_NODE = 64;
    /**
     * References per node of a large event, in addition to {@link #MAX_EXTRA}: enough for a chain of a few references.
     */
    private static final int PER_NODE_OF_LARGE_EVENT = 4;

    private static final int MAX_EXTRA = 100_000;

    private static final ThreadLocal<long[]> LEFT = ThreadLocal.withInitial(() -> new long[1]);

    private final boolean isDynamic;

    private CountedReference(KeywordType type, boolean isDynamic) {
        super(type.getValue());
        this.isDynamic = isDynamic;
    }

    static CountedReference ref() {
        return new CountedReference(KeywordType.REF, false);
    }

    static CountedReference dynamicRef() {
        return new CountedReference(KeywordType.DYNAMIC_REF, true);
    }

    /** Begins the check of an event on the current thread: sets the number of references that it may follow. */
    static void begin(JsonNode event) {
        long nodes = nodes(event);
        LEFT.get()[0] = PER_NODE + Math.min(PER_NODE * nodes, PER_NODE_OF_LARGE_EVENT * nodes + MAX_EXTRA);
    }

    private static long nodes(JsonNode of) {
        long nodes = 1;
        for (JsonNode each : of) {
            nodes += nodes(each);
        }
        return nodes;
    }

    private static void follow() {
        if (--LEFT.get()[0] < 0) {
            throw new CheckLimitException("checking it follows too many references of its schema");
        }
    }

    @Override
    public KeywordValidator newValidator(
            SchemaLocation location, JsonNode declared, Schema parent, SchemaContext context) {
        return isDynamic
                ? new Dynamic(location, declared, parent, context)
                : new Static(location, declared, parent, context);
    }

    private static final class Static extends RefValidator {
        Static(SchemaLocation location, JsonNode declared, Schema parent, SchemaContext context) {
            super(location, declared, parent, context);
        }

        @Override
        public void validate(ExecutionContext context, JsonNode node, JsonNode root, NodePath location) {
            follow();
            super.validate(context, node, root, location);
        }
    }

    private static final class Dynamic extends DynamicRefValidator {
        Dynamic(SchemaLocation location, JsonNode declared, Schema parent, SchemaContext context) {
            super(location, declared, parent, context);
        }

        @Override
        public void validate(ExecutionContext context, JsonNode node, JsonNode root, NodePath location) {
            follow();
            super.validate(context, node, root, location);
        }
    }
}
