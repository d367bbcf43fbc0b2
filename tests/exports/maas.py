"""What MAAS makes of the exports, by its rules as its sources have them (MAAS 3.7).

maas.py script FILE...      the header of scripts, as forms/script.py reads it; prints name and type
maas.py result FILE STATUS  the status of a run that left FILE and ended with STATUS (models/scriptresult.py)
maas.py tag NAME COMMENT KERNEL_OPTS DEFINITION  checks them (models/tag.py), prints the machines of lshw/ that it is on
maas.py preseed FILE        the preseed's late_commands; prints the last word of each
"""
import pathlib
import re
import shlex
import sys

import yaml
from lxml import etree

FIELDS = {
    'name', 'title', 'description', 'tags', 'script_type', 'hardware_type', 'parallel', 'packages', 'timeout',
    'destructive', 'for_hardware', 'may_reboot', 'recommission', 'apply_configured_networking', 'results',
    'parameters',
}
NAMESPACES = {'lshw': 'lshw', 'lldp': 'lldp'}


def header(text):
    lines = text.splitlines()
    assert lines[0].startswith('#!/'), 'no shebang'
    mark = re.compile(r'\s*#\s*-+\s*(start|end) maas (\d+\.\d+) script metadata\s+-+', re.I)
    version, content = None, []
    for line in lines[1:]:
        match = mark.search(line)
        if match and version is None and match[2] == '1.0':
            version = match[2]
        elif match and version == match[2]:
            break
        elif version is not None and line.strip():
            assert '#' in line, 'a line without #'
            content.append(line.split('#', 1)[1])
    return yaml.safe_load('\n'.join(content))


def script(path):
    found = header(pathlib.Path(path).read_text())
    assert set(found) <= FIELDS, set(found) - FIELDS
    name = found['name']
    assert name == shlex.quote(name) and not name.isdigit() and len(name) <= 255, name
    assert found['script_type'] in ('commissioning', 'testing')
    assert found['hardware_type'] in ('node', 'cpu', 'memory', 'storage', 'network', 'gpu')
    assert found['parallel'] in ('disabled', 'instance', 'any')
    assert re.fullmatch(r'\d\d:\d\d:\d\d', found['timeout']), found['timeout']
    assert isinstance(found['title'], str) and isinstance(found['description'], str)
    for result in found['results'].values():
        assert isinstance(result['title'], str) and isinstance(result.get('description', ''), str)
    packages = found.get('packages', {})
    assert set(packages) <= {'url'} and all(isinstance(url, str) for url in packages.values())
    print(name, found['script_type'], *packages.values())


def result(path, status):
    found = yaml.safe_load(pathlib.Path(path).read_bytes())
    verdict = 'passed' if status == '0' else 'failed'
    assert isinstance(found, dict)
    assert found.get('status') in ('passed', 'failed', 'degraded', 'timedout', 'skipped', None)
    for key, value in found.get('results', {}).items():
        assert isinstance(key, str)
        for item in value if isinstance(value, list) else [value]:
            assert type(item) in (str, float, int, bool), item
    print(found.get('status') or verdict)


def machine(path):
    """Two copies of what lshw says: the root, and one in a namespace (provisioningserver/tags.py)."""
    root, copy = (etree.fromstring(path.read_bytes()) for _ in range(2))
    for element in copy.iter('{}*'):
        element.tag = etree.QName('lshw', element.tag)
    etree.Element('list', nsmap=NAMESPACES).append(root)
    root.append(copy)
    return etree.ElementTree(root)


def tag(name, comment, kernel_opts, definition):
    assert re.match('^[a-zA-Z0-9_-]+$', name) and len(name) <= 256, name
    assert '\n' not in comment + kernel_opts
    etree.XPath(definition)
    for path in sorted((pathlib.Path(__file__).parent / 'lshw').glob('*.xml')):
        if etree.XPathEvaluator(machine(path), namespaces=NAMESPACES)(definition):
            print(path.stem)


def preseed(path):
    text = pathlib.Path(path).read_text()
    # The file is a template of Tempita's.
    assert '{{' not in text and '}}' not in text
    commands = yaml.safe_load(text)
    assert list(commands) == ['late_commands']
    for command in commands['late_commands'].values():
        assert command[:5] == ['curtin', 'in-target', '--', 'sh', '-c'] and len(command) == 6
        print(command[5])


if __name__ == '__main__':
    {'script': lambda *paths: [script(path) for path in paths], 'result': result, 'tag': tag,
     'preseed': preseed}[sys.argv[1]](*sys.argv[2:])
