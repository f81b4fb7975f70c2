"""A full story with chronos-python: create, list, run, depend, statistics, kill, delete. One JSON object a line."""
import json
import sys
import time

import chronos

server, marker = sys.argv[1], sys.argv[2]


def say(event, **fields):
    print(json.dumps(dict(event=event, **fields)), flush=True)


def wait_for(probe, seconds=60):
    deadline = time.time() + seconds
    while time.time() < deadline:
        value = probe()
        if value:
            return value
        time.sleep(0.1)
    raise Exception('time is over')


def job(**fields):
    return dict(owner='owner@example.com', disabled=False, **fields)


def refused(call):
    try:
        call()
        return None
    except chronos.ChronosAPIError as error:
        return str(error)


def succeeded(client, name):
    return next(one['successCount'] for one in client.list() if one['name'] == name)


def story(version):
    client = chronos.connect(server, scheduler_api_version=version)
    legacy = {} if version else {'async': False}
    say('empty', jobs=client.list())
    client.add(job(name='parent', command='echo "$CHRONOS_JOB_NAME" >> ' + marker, schedule='R1//PT1H', **legacy))
    client.add(job(name='child', command='echo "$CHRONOS_JOB_NAME" >> ' + marker, parents=['parent'], **legacy))
    # A name with spaces, which only this program's quoting carries.
    client.add(job(name='a long one', command='sleep 600', schedule='R/2030-01-01T00:00:00Z/PT1H', **legacy))
    wait_for(lambda: succeeded(client, 'parent') == 1)
    client.run('parent') if succeeded(client, 'child') == 0 else None
    wait_for(lambda: succeeded(client, 'child') >= 1)
    say('ran', output=open(marker).read().split())
    say('search', names=[one['name'] for one in client.search(name='CHI')])
    client.run('a long one')
    wait_for(lambda: 'node,a long one,fresh,1 running' in client.scheduler_graph())
    say('graph', lines=sorted(client.scheduler_graph().split('\n')))
    client.delete_tasks('a long one')
    wait_for(lambda: 'node,a long one,fresh,idle' in client.scheduler_graph())
    stat = client.job_stat('parent')
    say('stat', count=stat['histogram']['count'], statuses=[row['status'] for row in stat['taskStatHistory']])
    percentiles = [client.scheduler_stat_99th(), client.scheduler_stat_98th(), client.scheduler_stat_95th(),
                   client.scheduler_stat_75th(), client.scheduler_stat_median(), client.scheduler_stat_mean()]
    say('percentiles', jobs=[sorted(row['jobNameLabel'] for row in rows) for rows in percentiles])
    say('metrics', keys=sorted(client.metrics()))
    # What came out of the list goes back in.
    listed = next(one for one in client.list() if one['name'] == 'parent')
    listed['description'] = 'edited'
    listed['disabled'] = False
    client.update(listed)
    say('edited', description=next(one['description'] for one in client.list() if one['name'] == 'parent'))
    say('refused', unknown=refused(lambda: client.delete('nope')),
        schedule=refused(lambda: client.add(job(name='x', command='true', schedule='whenever', **legacy))))
    for name in ('child', 'parent', 'a long one'):
        client.delete(name)
    say('deleted', jobs=client.list())


for version in ('v1', None):
    story(version)
say('end')
