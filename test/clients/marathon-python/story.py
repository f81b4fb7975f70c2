"""The real marathon-python client through the life of apps and groups; each step is a line of JSON on stdout."""
import collections
import collections.abc
import json
import sys
import threading
import time

# The client's JSON encoder names a class that Python 3.10 moved; the client itself stays as it is.
if not hasattr(collections, "Iterable"):
    collections.Iterable = collections.abc.Iterable

from marathon import MarathonClient  # noqa: E402
from marathon.exceptions import ConflictError, MarathonHttpError, NotFoundError  # noqa: E402
from marathon.models import MarathonApp, MarathonGroup  # noqa: E402
from marathon.models.app import MarathonHealthCheck  # noqa: E402
from marathon.models.constraint import MarathonConstraint  # noqa: E402

client = MarathonClient(sys.argv[1])
APP = "story/web"


def say(step, **facts):
    print(json.dumps({"step": step, **facts}), flush=True)


def wait(what, probe, seconds=60):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        value = probe()
        if value:
            return value
        time.sleep(0.1)
    raise SystemExit(f"{what}: not within {seconds} s")


def settled():
    return not client.list_deployments()


def running(count):
    app = client.get_app(APP)
    return app if app.tasks_running == count and len(app.tasks) == count and not app.deployments else None


# Typed events only: the plans of deployment_info are light since Marathon 1.8, which this client does not parse.
EVENT_TYPES = [
    "event_stream_attached",
    "api_post_event",
    "group_change_success",
    "status_update_event",
    "health_status_changed_event",
    "deployment_success",
    "app_terminated_event",
]
events = []


def listen():
    for event in client.event_stream(event_types=EVENT_TYPES):
        events.append(event)


threading.Thread(target=listen, daemon=True).start()
wait("the event stream", lambda: events)

info = client.get_info()
say(
    "info",
    ping=client.ping().decode(),
    version=info.version,
    framework=bool(info.framework_id),
    leader=client.get_leader()["leader"] == info.leader,
    metrics="marathon.apps.active.gauge" in client.get_metrics()["gauges"],
)

check = MarathonHealthCheck(protocol="HTTP", path="/", port_index=0, interval_seconds=1, grace_period_seconds=30)
created = client.create_app(
    APP,
    MarathonApp(
        cmd="exec python3 -m http.server $PORT0 --bind 127.0.0.1",
        cpus=0.1,
        mem=32,
        instances=1,
        env={"GREETING": "hello"},
        labels={"tier": "front"},
        health_checks=[check],
        constraints=[MarathonConstraint(field="hostname", operator="LIKE", value=".*")],
    ),
)
say("created", id=created.id, deployments=len(created.deployments), staged=created.tasks_staged)
app = wait("a healthy instance", lambda: (running(1) or None) and (lambda a: a if a.tasks_healthy == 1 else None)(client.get_app(APP)))
say("healthy", healthy=app.tasks_healthy, alive=app.tasks[0].health_check_results[0].alive, ports=len(app.tasks[0].ports))
first_version = app.version

try:
    client.create_app(APP, MarathonApp(cmd="true", cpus=0.1, mem=32))
except ConflictError as error:
    say("conflict", status=error.status_code, message=error.error_message)

scaled = client.scale_app(APP, instances=3)
app = wait("three instances", lambda: running(3))
say("scaled", deployment=bool(scaled["deploymentId"]), running=app.tasks_running)

listed = client.list_apps(
    embed_tasks=True,
    embed_counts=True,
    embed_deployments=True,
    embed_readiness=True,
    embed_last_task_failure=True,
    embed_failures=True,
    embed_task_stats=True,
    label="tier==front",
    cmd="HTTP.server",
)
say("listed", ids=[each.id for each in listed], tasks=len(listed[0].tasks), endpoints=len(client.list_endpoints()))

victim = client.list_tasks(APP)[0]
killed = client.kill_task(APP, victim.id)
app = wait("a replacement", lambda: (lambda a: a if a and victim.id not in [t.id for t in a.tasks] else None)(running(3)))
say("killed", same=killed.id == victim.id, replaced=len(app.tasks))

client.kill_given_tasks([app.tasks[0].id], scale=True)
app = wait("two instances", lambda: running(2))
say("killed and scaled", instances=app.instances)

client.update_app(APP, MarathonApp(env={"GREETING": "good bye"}))
app = wait("the new configuration", lambda: (running(2) or None) and settled() and client.get_app(APP))
versions = client.list_versions(APP)
say("updated", env=app.env, versions=len(versions), newest_first=versions[0] == app.version)

client.rollback_app(APP, first_version)
wait("the old configuration", settled)
app = client.get_app(APP)
say("rolled back", env=app.env, instances=app.instances, old=client.get_version(APP, first_version).env)

before = {task.id for task in client.list_tasks(APP)}
client.restart_app(APP)
wait("the restart", settled)
say("restarted", kept=len(before & {task.id for task in client.list_tasks(APP)}))

client.create_app("story/large", MarathonApp(cmd="true", cpus=10000, mem=32))
item = wait("the queue", lambda: [each for each in client.list_queue(embed_last_unused_offers=True) if each.app.id == "/story/large"])[0]
item = wait(
    "a refused offer",
    lambda: [
        each
        for each in client.list_queue(embed_last_unused_offers=True)
        if each.app.id == "/story/large" and each.last_unused_offers
    ],
)[0]
say("queued", count=item.count, overdue=item.delay.overdue, reasons=item.last_unused_offers[0]["reason"])
client.reset_delay("story/large")
deployment = client.list_deployments()[0]
client.delete_deployment(deployment.id)
wait("the way back", settled)
say("deployment reverted", apps=sorted(each.id for each in client.list_apps()))

group = client.create_group(
    MarathonGroup(id="/pair", apps=[MarathonApp(id="db", cmd="sleep 1000", cpus=0.1, mem=16), MarathonApp(id="api", cmd="sleep 1000", cpus=0.1, mem=16, dependencies=["db"])])
)
wait("the group", settled)
say("group", apps=sorted(each.id for each in client.get_group("pair").apps), version=bool(group["version"]))
client.scale_group("pair", 2)
wait("the larger group", settled)
say("group scaled", instances=[each.instances for each in client.get_group("pair").apps])
client.rollback_group("pair", group["version"])
wait("the old group", settled)
say("group rolled back", instances=[each.instances for each in client.get_group("pair").apps])
client.delete_group("pair")
wait("the end of the group", settled)

for step, act in {
    "unknown app": lambda: client.get_app("story/nothing"),
    "unknown group": lambda: client.get_group("nothing"),
}.items():
    try:
        act()
    except NotFoundError as error:
        say(step, message=error.error_message)
try:
    client.create_app("story/wrong", MarathonApp(cmd="true", mem=-1))
except MarathonHttpError as error:
    say("invalid", status=error.status_code, path=error.error_details[0]["path"])

client.delete_app(APP)
wait("the end of the app", settled)
wait("its last event", lambda: any(type(each).__name__ == "MarathonAppTerminatedEvent" and each.app_id == "/" + APP for each in events))
say("deleted", apps=[each.id for each in client.list_apps()], tasks=len(client.list_tasks()))
say("events", types=sorted({each.event_type for each in events}))
