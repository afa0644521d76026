package io.wadi.local;

/** The ports of the local servers and their addresses on this machine. */
public record ServerPorts(int kafka, int hdfs, int hdfsWeb, int elasticsearch) {

    /** Returns the default ports of these servers. */
    public static ServerPorts standard() {
        return new ServerPorts(9092, 8020, 9870, 9200);
    }

    /** Returns free ports. */
    public static ServerPorts free() {
        return new ServerPorts(Ports.free(), Ports.free(), Ports.free(), Ports.free());
    }

    /** Returns the value of Kafka's {@code bootstrap.servers}. */
    public String kafkaBrokers() {
        return "localhost:" + kafka;
    }

    /** Returns the value of Hadoop's {@code fs.defaultFS}. */
    public String hdfsUri() {
        return "hdfs://localhost:" + hdfs;
    }

    /** Returns the root URL of WebHDFS, without a trailing slash. */
    public String webHdfsUrl() {
        return "http://localhost:" + hdfsWeb + "/webhdfs/v1";
    }

    /** Host and port of Elasticsearch. */
    public String elasticsearchHosts() {
        return "localhost:" + elasticsearch;
    }

    /** Elasticsearch's root URL, without a trailing slash. */
    public String elasticsearchUrl() {
        return "http://" + elasticsearchHosts();
    }
}
