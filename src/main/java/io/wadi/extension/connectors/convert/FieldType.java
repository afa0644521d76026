package io.wadi.extension.connectors.convert;

/** The type of a field, in the terms of Kafka Connect's schemas. */
public enum FieldType {
    BOOLEAN("boolean", ""),
    INT16("int16", ""),
    INT32("int32", ""),
    INT64("int64", ""),
    FLOAT("float", ""),
    DOUBLE("double", ""),
    STRING("string", ""),
    BYTES("bytes", ""),
    DECIMAL("bytes", "org.apache.kafka.connect.data.Decimal"),
    DATE("int32", "org.apache.kafka.connect.data.Date"),
    TIMESTAMP("int64", "org.apache.kafka.connect.data.Timestamp");

    private final String connectType;
    private final String logicalName;

    FieldType(String connectType, String logicalName) {
        this.connectType = connectType;
        this.logicalName = logicalName;
    }

    /** The primitive type. */
    String connectType() {
        return connectType;
    }

    /** The logical type; empty if there is none. */
    String logicalName() {
        return logicalName;
    }
}
