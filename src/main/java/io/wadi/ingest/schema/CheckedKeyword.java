package io.wadi.ingest.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.ExecutionContext;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaContext;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.keyword.AbstractKeyword;
import com.networknt.schema.keyword.BaseKeywordValidator;
import com.networknt.schema.keyword.KeywordType;
import com.networknt.schema.keyword.KeywordValidator;
import com.networknt.schema.path.NodePath;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;

/** A keyword for the networknt library with another implementation than the library's, and the library's messages. */
final class CheckedKeyword extends AbstractKeyword {
    private final Function<JsonNode, Check> checks;

    /**
     * The check of a schema.
     *
     * @param isValid whether a value conforms
     * @param arguments the arguments of the library's message
     */
    record Check(Predicate<JsonNode> isValid, List<String> arguments) {}

    /**
     * Creates a keyword.
     *
     * @param checks creates the check from the keyword's value in a schema
     */
    CheckedKeyword(KeywordType type, Function<JsonNode, Check> checks) {
        super(type.getValue());
        this.checks = checks;
    }

    @Override
    public KeywordValidator newValidator(
            SchemaLocation location, JsonNode declared, Schema parent, SchemaContext context) {
        return new Validator(this, declared, location, parent, context);
    }

    private static final class Validator extends BaseKeywordValidator {
        private final Check check;

        Validator(
                CheckedKeyword keyword,
                JsonNode declared,
                SchemaLocation location,
                Schema parent,
                SchemaContext context) {
            super(keyword, declared, location, parent, context);
            check = keyword.checks.apply(declared);
        }

        @Override
        public void validate(ExecutionContext context, JsonNode node, JsonNode root, NodePath location) {
            if (!check.isValid().test(node)) {
                context.addError(error().instanceNode(node)
                        .instanceLocation(location)
                        .evaluationPath(context.getEvaluationPath())
                        .locale(context.getExecutionConfig().getLocale())
                        .arguments(check.arguments().toArray())
                        .build());
            }
        }
    }
}
