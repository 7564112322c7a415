import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.apache.hadoop.security.UserGroupInformation;
import org.apache.hadoop.yarn.api.records.NodeState;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.server.nodemanager.NodeManager;
import org.apache.hadoop.yarn.server.resourcemanager.ResourceManager;

/**
 * HDFS and YARN of one node each in this process, on loopback: a NameNode, a DataNode, a
 * ResourceManager and a NodeManager that starts containers as processes of this machine. Run by
 * pseudo-cluster.sh.
 *
 * <p>Arguments: the directory for everything; MiB and cores that containers may take. The directory
 * contains dfs (the files of HDFS, which the next start uses again), yarn/local (running
 * containers), yarn/logs (their output) and conf (the clients' configuration). The file "ready" is
 * written when all four services work, and has the addresses of HDFS, WebHDFS and YARN's web UI.
 * Ends on SIGTERM.
 */
final class PseudoCluster {
  private static final String LOOPBACK = "127.0.0.1";
  private static final String FREE_PORT = LOOPBACK + ":0";
  private static final int REGISTER_SECONDS = 60;

  /** The settings with which a client reaches the ResourceManager. */
  private static final List<String> CLIENT_KEYS =
      List.of(
          YarnConfiguration.RM_ADDRESS,
          YarnConfiguration.RM_SCHEDULER_ADDRESS,
          YarnConfiguration.RM_ADMIN_ADDRESS,
          YarnConfiguration.RM_WEBAPP_ADDRESS);

  private final Path directory;
  private final Configuration base = new YarnConfiguration();
  private MiniDFSCluster hdfs;
  private ResourceManager resourceManager;
  private NodeManager nodeManager;

  private PseudoCluster(Path directory) {
    this.directory = directory;
  }

  public static void main(String[] arguments) throws Exception {
    PseudoCluster cluster = new PseudoCluster(Path.of(arguments[0]).toAbsolutePath());
    Runtime.getRuntime().addShutdownHook(new Thread(cluster::stop, "stop"));
    try {
      cluster.start(Integer.parseInt(arguments[1]), Integer.parseInt(arguments[2]));
    } catch (Exception | Error e) {
      e.printStackTrace();
      System.exit(1);
    }
    Thread.currentThread().join();
  }

  private void start(int megabytes, int cores) throws Exception {
    startHdfs();
    startYarn(megabytes, cores);
    writeClientConfiguration();
    Path ready = directory.resolve("ready.new");
    Files.writeString(
        ready,
        "hdfs %s%nwebhdfs %s%nyarn http://%s%n"
            .formatted(hdfs.getURI(), webHdfs(), base.get(YarnConfiguration.RM_WEBAPP_ADDRESS)));
    Files.move(ready, directory.resolve("ready"), StandardCopyOption.ATOMIC_MOVE);
  }

  /**
   * Starts HDFS, if possible on the port of the last start, so that stored addresses stay valid.
   */
  private void startHdfs() throws IOException {
    Path dfs = directory.resolve("dfs");
    boolean fresh = !Files.isDirectory(dfs);
    Path core = directory.resolve("conf").resolve("core-site.xml");
    int port = 0;
    if (Files.isRegularFile(core)) {
      Configuration last = new Configuration(false);
      last.addResource(core.toUri().toURL());
      int used = FileSystem.getDefaultUri(last).getPort();
      port = isFree(used) ? used : 0;
    }
    Configuration conf = new Configuration(base);
    conf.set(MiniDFSCluster.HDFS_MINIDFS_BASEDIR, dfs.toString());
    conf.setInt("dfs.replication", 1);
    // All users may write to the parent directories that an administrator would create on a real
    // cluster.
    conf.setBoolean("dfs.permissions.enabled", false);
    hdfs =
        new MiniDFSCluster.Builder(conf).numDataNodes(1).nameNodePort(port).format(fresh).build();
    hdfs.waitActive();
    FileSystem files = hdfs.getFileSystem();
    String user = UserGroupInformation.getCurrentUser().getShortUserName();
    files.mkdirs(new org.apache.hadoop.fs.Path("/user/" + user));
    FileSystem.mkdirs(files, new org.apache.hadoop.fs.Path("/tmp"), new FsPermission("1777"));
  }

  private URI webHdfs() {
    return URI.create(hdfs.getHttpUri(0));
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(LOOPBACK, port));
      return true;
    } catch (IOException | IllegalArgumentException e) {
      return false;
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private void startYarn(int megabytes, int cores) throws Exception {
    FileSystem.setDefaultUri(base, hdfs.getURI());
    base.set(YarnConfiguration.RM_HOSTNAME, LOOPBACK);
    base.set(YarnConfiguration.RM_BIND_HOST, LOOPBACK);
    CLIENT_KEYS.forEach(key -> base.set(key, FREE_PORT));
    // The other services write their ports to the configuration; the web UI does not.
    base.set(YarnConfiguration.RM_WEBAPP_ADDRESS, LOOPBACK + ":" + freePort());
    base.set(YarnConfiguration.RM_RESOURCE_TRACKER_ADDRESS, FREE_PORT);
    base.set("yarn.scheduler.capacity.root.queues", "default");
    base.set("yarn.scheduler.capacity.root.default.capacity", "100");
    base.set("yarn.scheduler.capacity.maximum-am-resource-percent", "1.0");
    base.setInt(YarnConfiguration.RM_SCHEDULER_MINIMUM_ALLOCATION_MB, 128);
    base.setInt(YarnConfiguration.RM_SCHEDULER_MAXIMUM_ALLOCATION_MB, megabytes);
    resourceManager = new ResourceManager();
    resourceManager.init(base);
    resourceManager.start();

    Configuration node = new YarnConfiguration(base);
    node.set(YarnConfiguration.NM_ADDRESS, FREE_PORT);
    node.set(YarnConfiguration.NM_LOCALIZER_ADDRESS, FREE_PORT);
    node.set(YarnConfiguration.NM_COLLECTOR_SERVICE_ADDRESS, FREE_PORT);
    node.set(YarnConfiguration.NM_WEBAPP_ADDRESS, FREE_PORT);
    node.set(YarnConfiguration.NM_LOCAL_DIRS, directory.resolve("yarn/local").toString());
    node.set(YarnConfiguration.NM_LOG_DIRS, directory.resolve("yarn/logs").toString());
    node.setInt(YarnConfiguration.NM_PMEM_MB, megabytes);
    node.setInt(YarnConfiguration.NM_VCORES, cores);
    node.setFloat(YarnConfiguration.NM_MAX_PER_DISK_UTILIZATION_PERCENTAGE, 99);
    // A container that exceeds its memory is killed, as on a cluster. Virtual memory does not
    // count.
    node.setBoolean(YarnConfiguration.NM_PMEM_CHECK_ENABLED, true);
    node.setBoolean(YarnConfiguration.NM_VMEM_CHECK_ENABLED, false);
    nodeManager = new NodeManager();
    nodeManager.init(node);
    nodeManager.start();
    awaitNode();
  }

  private void awaitNode() throws InterruptedException {
    long end = System.nanoTime() + REGISTER_SECONDS * 1_000_000_000L;
    while (resourceManager.getRMContext().getRMNodes().values().stream()
        .noneMatch(node -> node.getState() == NodeState.RUNNING)) {
      if (System.nanoTime() > end) {
        throw new IllegalStateException(
            "the NodeManager has not registered within " + REGISTER_SECONDS + " s");
      }
      Thread.sleep(50);
    }
  }

  private void writeClientConfiguration() throws IOException {
    Path conf = Files.createDirectories(directory.resolve("conf"));
    Configuration core = new Configuration(false);
    FileSystem.setDefaultUri(core, hdfs.getURI());
    write(core, conf.resolve("core-site.xml"));
    Configuration files = new Configuration(false);
    files.setInt("dfs.replication", 1);
    files.set("dfs.namenode.http-address", webHdfs().getAuthority());
    write(files, conf.resolve("hdfs-site.xml"));
    Configuration yarn = new Configuration(false);
    yarn.set(YarnConfiguration.RM_HOSTNAME, LOOPBACK);
    CLIENT_KEYS.forEach(key -> yarn.set(key, base.get(key)));
    write(yarn, conf.resolve("yarn-site.xml"));
    // Tells submit-yarn.sh that the nodes are this machine.
    Files.writeString(conf.resolve("pseudo-cluster"), directory + System.lineSeparator());
  }

  private static void write(Configuration conf, Path file) throws IOException {
    try (OutputStream out = Files.newOutputStream(file)) {
      conf.writeXml(out);
    }
  }

  /** Stops the NodeManager first, since it ends the containers that it has started. */
  private void stop() {
    if (nodeManager != null) {
      nodeManager.stop();
    }
    if (resourceManager != null) {
      resourceManager.stop();
    }
    if (hdfs != null) {
      hdfs.shutdown(false);
    }
  }
}
