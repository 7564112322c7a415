#!/usr/bin/env bash
# Runs several hosts on this machine: a standalone Spark cluster whose hosts are connected by a network
# of limited bandwidth, which can be made to fail. For measurements and tests; needs Linux and root.
#
#   hosts.sh up N [options]        starts N hosts with a worker each, and one with the master
#   hosts.sh run COMMAND...        runs a command on the master's host, as a driver
#   hosts.sh cut HOST SECONDS      no packet reaches or leaves host HOST (1 to N)
#   hosts.sh loss HOST PERCENT     the host loses this share of its packets each way; 0 ends it
#   hosts.sh vanish HOST SECONDS   the host disappears without closing connections, then restarts
#   hosts.sh ping HOST             measures round trips from the driver to the host
#   hosts.sh down                  ends all processes; leaves nothing behind
#   hosts.sh check                 exit code 0 if this machine can run hosts, 3 and a message if not;
#                                  does not test for netem (--delay) and nft (loss)
#
# Options of up, and their defaults:
#   --bandwidth 1gbit   of each host, each way: a number with kbit, mbit or gbit
#   --delay 0.2ms       round-trip time between two hosts; 0 for none. Needs netem in the kernel
#   --cores 1           cores of each worker
#   --memory 4096       MiB of each worker
#   --driver-cpus LIST  processors of the machine for the driver and the master, such as 0 or 0-1,4
#   --host-cpus LIST    processors that all other hosts share (default of both: all)
#
# HOSTS_NAME, "hosts" unless set, is the prefix of the names of the network namespaces: another prefix
# is another cluster. A command finds the master in MASTER, always spark://10.99.0.1:7077; it reaches
# this machine's files, and no other network. The output of processes is in runs/HOSTS_NAME until down.
#
#   hosts.sh up 2 --bandwidth 10gbit
#   hosts.sh run submit-scripts/submit-local.sh --master spark://10.99.0.1:7077 train --config FILE
#   hosts.sh down
set -euo pipefail
# shellcheck source=submit-scripts/spark.sh
source "$(dirname "${BASH_SOURCE[0]}")/spark.sh"

name=${HOSTS_NAME-hosts}
dir=$project/runs/$name
switch=$name-switch
driver=$name-driver
network=10.99.0
master=spark://$network.1:7077

unable() {
  say "${0##*/}: $*"
  exit 3
}

host() {
  printf '%s-%s' "$name" "$1"
}

namespaces() {
  local path
  for path in /run/netns/"$name"-*; do
    case ${path##*/"$name"-} in
      switch | driver | probe | [1-9]*) [[ -e $path ]] && printf '%s\n' "${path##*/}" ;;
    esac
  done
  return 0
}

# Kills the processes in a namespace, and removes the namespace with its links and rules.
end_namespace() {
  local i
  for ((i = 0; i < 50; i += 1)); do
    [[ -n $(ip netns pids "$1" 2>/dev/null) ]] || break
    ip netns pids "$1" | xargs -r kill -9 2>/dev/null || true
    sleep 0.1
  done
  ip netns del "$1" 2>/dev/null || true
}

# Ends with a line if this machine does not support network namespaces. The argument is the
# requested delay.
require_namespaces() {
  local command probe=$name-probe tried
  [[ $(uname -s) == Linux ]] || unable "needs Linux, for network namespaces"
  [[ $EUID == 0 ]] || unable "needs root, for network namespaces"
  for command in ip tc bridge taskset setsid; do
    command -v "$command" >/dev/null ||
      unable "needs the command $command (packages iproute2 and util-linux)"
  done
  ip netns del "$probe" 2>/dev/null || true
  tried=$(ip netns add "$probe" 2>&1) ||
    unable "cannot make a network namespace here: ${tried%%$'\n'*}"
  # shellcheck disable=SC2064
  trap "ip netns del $probe 2>/dev/null || true" EXIT
  tried=$(ip -n "$probe" link add br0 type bridge 2>&1) ||
    unable "this kernel has no bridges: ${tried%%$'\n'*}"
  tried=$(ip -n "$probe" link add v0 type veth peer name v1 2>&1) ||
    unable "this kernel has no veth devices: ${tried%%$'\n'*}"
  tried=$(tc -n "$probe" qdisc add dev v0 root tbf rate 1gbit burst 128kb latency 20ms 2>&1) ||
    unable "this kernel cannot limit bandwidth (tbf): ${tried%%$'\n'*}"
  if [[ ${1-0} != 0 ]]; then
    tried=$(tc -n "$probe" qdisc add dev v1 root netem delay "$1" 2>&1) ||
      unable "this kernel has no netem, so --delay must be 0: ${tried%%$'\n'*}"
  fi
  ip netns del "$probe"
  trap - EXIT
}

# Adds the host of a namespace, with an address, to the switch. A host sends and receives no faster
# than its link; the packets that it sends are delayed. Packets of a burst are not split, since a
# network card takes large packets whole.
add_host() {
  local namespace=$1 address=$2 port=$3 rate burst delay
  read -r rate burst delay <"$dir/network"
  ip netns add "$namespace"
  ip link add eth0 netns "$namespace" type veth peer name "$port" netns "$switch"
  ip -n "$switch" link set "$port" master br0 up
  ip -n "$namespace" link set lo up
  ip -n "$namespace" link set eth0 up
  ip -n "$namespace" address add "$address/24" dev eth0
  # Some kernels come with bbr, which hardly notices lost packets; clusters have cubic.
  # shellcheck disable=SC2016
  ip netns exec "$namespace" sh -c 'for c in cubic reno; do
    { echo $c >/proc/sys/net/ipv4/tcp_congestion_control; } 2>/dev/null && break; done' || true
  tc -n "$switch" qdisc add dev "$port" root tbf rate "$rate" burst "$burst" latency 20ms
  if [[ $delay == 0 ]]; then
    tc -n "$namespace" qdisc add dev eth0 root tbf rate "$rate" burst "$burst" latency 20ms
  else
    tc -n "$namespace" qdisc add dev eth0 root handle 1: netem delay "$delay" limit 100000
    tc -n "$namespace" qdisc add dev eth0 parent 1:1 tbf rate "$rate" burst "$burst" latency 20ms
  fi
}

# Runs a class of Spark on a host, detached from this terminal. The arguments are the namespace, its
# address, the processors, a file for the output, and the class with its own arguments.
start_daemon() {
  local namespace=$1 address=$2 cpus=$3 log=$4
  shift 4
  spark_command "$@"
  (
    cd "$dir"
    SPARK_LOCAL_IP=$address exec setsid nohup ip netns exec "$namespace" \
      taskset -c "$cpus" "${words[@]}" </dev/null >>"$log" 2>&1
  ) &
}

start_worker() {
  local cores memory cpus
  read -r cores memory cpus <"$dir/workers"
  start_daemon "$(host "$1")" "$network.$((10 + $1))" "$cpus" "$dir/worker-$1.log" \
    org.apache.spark.deploy.worker.Worker --host "$network.$((10 + $1))" \
    --cores "$cores" --memory "${memory}M" --work-dir "$dir/work/$1" "$master"
}

# Prints the number of workers that the master reports as alive.
workers_alive() {
  # shellcheck disable=SC2016
  ip netns exec "$driver" bash -c 'exec 3<>"/dev/tcp/$1/8080" || exit
    printf "GET /json/ HTTP/1.0\r\n\r\n" >&3; cat <&3' - "$network.1" 2>/dev/null |
    sed -n 's/.*"aliveworkers" *: *\([0-9]*\).*/\1/p'
}

up() {
  local n=${1-} bandwidth=1gbit delay=0.2ms cores=1 memory=4096 cpus number unit bits i
  cpus=0-$(($(nproc --all) - 1))
  local driver_cpus=$cpus host_cpus=$cpus asked=
  [[ $n =~ ^[1-9][0-9]?$ ]] || misuse "up needs a number of hosts from 1 to 99, got \"$n\""
  shift
  while (($#)); do
    case $1 in
      --bandwidth | --delay | --cores | --memory | --driver-cpus | --host-cpus)
        (($# > 1)) || misuse "option $1 needs a value"
        case $1 in
          --bandwidth) bandwidth=$2 ;;
          --delay) delay=$2 && asked=yes ;;
          --cores) cores=$2 ;;
          --memory) memory=$2 ;;
          --driver-cpus) driver_cpus=$2 ;;
          --host-cpus) host_cpus=$2 ;;
        esac
        shift 2
        ;;
      *) misuse "unknown option $1; see hosts.sh --help" ;;
    esac
  done
  [[ $bandwidth =~ ^([1-9][0-9]*)([kmg])bit$ ]] ||
    misuse "--bandwidth $bandwidth is not a whole number with kbit, mbit or gbit"
  number=${BASH_REMATCH[1]} unit=${BASH_REMATCH[2]}
  [[ $delay =~ ^([0-9]+(\.[0-9]+)?)(us|ms)$ || $delay == 0 ]] ||
    misuse "--delay $delay is not a number with us or ms, or 0"
  # Half of it each way.
  [[ $delay == 0 ]] || delay=$(awk -v d="${BASH_REMATCH[1]}" -v u="${BASH_REMATCH[3]}" \
    'BEGIN { printf "%dus", d * (u == "ms" ? 500 : 0.5) }')
  [[ $delay != 0us ]] || delay=0
  [[ $cores =~ ^[1-9][0-9]*$ ]] || misuse "--cores $cores is not a whole number of 1 or more"
  [[ $memory =~ ^[1-9][0-9]*$ ]] || misuse "--memory $memory is not a whole number of 1 or more"
  for i in "--driver-cpus $driver_cpus" "--host-cpus $host_cpus"; do
    taskset -c "${i#* }" true 2>/dev/null || misuse "$i is not a list of processors of this machine"
  done
  [[ -z $(namespaces) ]] || misuse "up already; hosts.sh down ends it"
  if [[ -z $asked ]]; then
    (require_namespaces "$delay") 2>/dev/null || {
      require_namespaces
      say "this kernel has no netem: packets are not delayed"
      delay=0
    }
  else
    require_namespaces "$delay"
  fi
  find_spark
  trap 'down' EXIT
  trap 'exit 130' HUP INT TERM
  rm -rf "$dir"
  mkdir -p "$dir/work"
  case $unit in k) bits=1000 ;; m) bits=1000000 ;; *) bits=1000000000 ;; esac
  # The burst: a quarter of a millisecond, and no less than the largest packet that is sent whole.
  i=$((number * bits / 32000))
  printf '%s %s %s\n' "$bandwidth" $((i < 131072 ? 131072 : i)) "$delay" >"$dir/network"
  printf '%s %s %s\n' "$cores" "$memory" "$host_cpus" >"$dir/workers"
  printf '%s\n' "$driver_cpus" >"$dir/driver"
  ip netns add "$switch"
  ip -n "$switch" link add br0 type bridge
  ip -n "$switch" link set br0 up
  add_host "$driver" "$network.1" driver
  export SPARK_DAEMON_MEMORY=512m
  start_daemon "$driver" "$network.1" "$driver_cpus" "$dir/master.log" \
    org.apache.spark.deploy.master.Master --host "$network.1" --port 7077 --webui-port 8080
  for ((i = 1; i <= n; i += 1)); do
    add_host "$(host "$i")" "$network.$((10 + i))" "port$i"
    start_worker "$i"
  done
  for ((i = 0; i < 240; i += 1)); do
    [[ $(workers_alive) != "$n" ]] || break
    sleep 0.5
  done
  if ((i == 240)); then
    tail -n 20 "$dir"/*.log >&2 || true
    fail "the workers have not come up in two minutes"
  fi
  trap - EXIT HUP INT TERM
  say "$n hosts, $bandwidth each, $(round_trip); hosts.sh down ends them"
  printf 'export MASTER=%s\n' "$master"
}

round_trip() {
  local delay
  read -r _ _ delay <"$dir/network"
  if [[ $delay == 0 ]]; then
    printf 'no delay'
  else
    printf 'a delay of %s each way' "$delay"
  fi
}

require_up() {
  [[ -e /run/netns/$driver && -f $dir/driver ]] || misuse "no hosts are up; see hosts.sh --help"
}

# Sets number and port to those of a host.
require_host() {
  require_up
  number=${1-}
  [[ $number =~ ^[1-9][0-9]?$ && -e /run/netns/$(host "$number") ]] ||
    misuse "no host \"$number\"; hosts: $(namespaces | sed -n "s/^$name-\([0-9]\)/\1/p" | xargs)"
  port=port$number
}

run() {
  require_up
  (($#)) || misuse "run needs a command"
  export MASTER=$master SPARK_LOCAL_IP=$network.1
  exec ip netns exec "$driver" taskset -c "$(<"$dir/driver")" "$@"
}

require_seconds() {
  [[ ${1-} =~ ^[0-9]+(\.[0-9]+)?$ ]] || misuse "\"${1-}\" is not a number of seconds"
}

# The switch silently drops all packets of the host, while both ends still see their link as up.
block() {
  bridge -n "$switch" link set dev "$port" state 0
}

unblock() {
  bridge -n "$switch" link set dev "$port" state 3 2>/dev/null || true
}

cut_off() {
  require_host "${1-}"
  require_seconds "${2-}"
  trap unblock EXIT
  trap 'exit 130' HUP INT TERM
  block
  say "host $1 is cut off for $2 s"
  # In the background, so that a signal is handled at once.
  sleep "$2" &
  wait $!
  say "host $1 is back"
}

# Packets are first split to the size on the wire, so that they are lost one at a time.
loss() {
  local percent=${2-} rate burst
  require_host "${1-}"
  [[ $percent =~ ^[0-9]+(\.[0-9]{1,2})?$ ]] || misuse "\"$percent\" is not a percentage"
  command -v nft >/dev/null || unable "needs the command nft (package nftables)"
  read -r rate burst _ <"$dir/network"
  local parts
  parts=$(awk -v p="$percent" 'BEGIN { printf "%.0f", p * 100 }')
  ((parts <= 10000)) || misuse "\"$percent\" is not a percentage"
  ((parts == 0)) || burst=$((burst < 16384 ? burst : 16384))
  set_burst "$(host "$1")" eth0 "$rate" "$burst"
  set_burst "$switch" "$port" "$rate" "$burst"
  lose "$(host "$1")" eth0 "$parts"
  lose "$switch" "$port" "$parts"
  say "host $1 loses $percent % of its packets"
}

set_burst() {
  local parent=root
  tc -n "$1" qdisc show dev "$2" | grep -q netem && parent='parent 1:1'
  # shellcheck disable=SC2086
  tc -n "$1" qdisc change dev "$2" $parent tbf rate "$3" burst "$4" latency 20ms
}

# Drops the given number of every 10,000 packets that a device receives.
lose() {
  ip netns exec "$1" nft delete table netdev "loss_$2" 2>/dev/null || true
  (($3)) || return 0
  printf 'table netdev loss_%s {\n chain in {\n type filter hook ingress device "%s" priority 0\n%s\n}\n}\n' \
    "$2" "$2" "numgen random mod 10000 < $3 drop" | ip netns exec "$1" nft -f -
}

# The switch drops the last packets of the host's processes, and after the host's return its address
# has no connections.
vanish() {
  require_host "${1-}"
  require_seconds "${2-}"
  find_spark
  local namespace
  namespace=$(host "$1")
  trap 'come_back "$number" "$namespace"' EXIT
  trap 'exit 130' HUP INT TERM
  block
  end_namespace "$namespace"
  # Otherwise the kernel removes it with a delay.
  ip -n "$switch" link del "$port" 2>/dev/null || true
  say "host $1 has vanished and restarts after $2 s"
  sleep "$2" &
  wait $!
  trap - EXIT HUP INT TERM
  come_back "$1" "$namespace"
}

# Restarts a host, unless all hosts have been stopped meanwhile.
come_back() {
  [[ -e /run/netns/$switch ]] || return 0
  add_host "$2" "$network.$((10 + $1))" "$port"
  export SPARK_DAEMON_MEMORY=512m
  start_worker "$1"
  say "host $1 is back"
}

down() {
  local namespace i
  [[ $EUID == 0 ]] || unable "needs root, for network namespaces"
  # The switch goes last, since the others depend on it.
  for namespace in $(namespaces | sort); do
    [[ $namespace == "$switch" ]] || end_namespace "$namespace"
  done
  end_namespace "$switch"
  for ((i = 0; i < 20; i += 1)); do
    rm -rf "$dir" 2>/dev/null && break
    sleep 0.1
  done
  [[ -z $(namespaces) && ! -e $dir ]] || fail "left behind: $(namespaces | xargs) $dir"
}

[[ $name =~ ^[a-z][a-z0-9]{0,19}$ ]] ||
  misuse "HOSTS_NAME must be a lower-case letter and up to 19 lower-case letters or digits, got \"$name\""
action=${1-}
if (($#)); then shift; fi
case "$action ${1-}" in *' --help' | *' -h') [[ $action == run ]] || action=--help ;; esac
case $action in
  up | run | loss | vanish | down) "$action" "$@" ;;
  cut) cut_off "$@" ;;
  ping)
    require_host "${1-}"
    exec ip netns exec "$driver" ping -c 5 -i 0.2 "$network.$((10 + number))"
    ;;
  check) require_namespaces ;;
  --help | -h) usage ;;
  '') usage >&2 && exit 2 ;;
  *) misuse "unknown action \"$action\"; see hosts.sh --help" ;;
esac
