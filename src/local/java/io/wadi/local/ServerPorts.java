package io.wadi.local;

/** The ports of the local servers, and the addresses that follow from them. All of them are on this machine only. */
public record ServerPorts(int kafka, int hdfs, int hdfsWeb, int elasticsearch) {

    /** The ports these servers have everywhere. */
    public static ServerPorts standard() {
        return new ServerPorts(9092, 8020, 9870, 9200);
    }

    /** Ports that nothing listens on at this moment. */
    public static ServerPorts free() {
        return new ServerPorts(Ports.free(), Ports.free(), Ports.free(), Ports.free());
    }

    /** The value of Kafka's {@code bootstrap.servers}. */
    public String kafkaBrokers() {
        return "localhost:" + kafka;
    }

    /** The value of Hadoop's {@code fs.defaultFS}. */
    public String hdfsUri() {
        return "hdfs://localhost:" + hdfs;
    }

    /** HDFS over HTTP, without a slash at the end: a path of HDFS may follow. */
    public String webHdfsUrl() {
        return "http://localhost:" + hdfsWeb + "/webhdfs/v1";
    }

    /** Host and port of Elasticsearch. */
    public String elasticsearchHosts() {
        return "localhost:" + elasticsearch;
    }

    /** Elasticsearch's root, without a slash at the end. */
    public String elasticsearchUrl() {
        return "http://" + elasticsearchHosts();
    }
}
