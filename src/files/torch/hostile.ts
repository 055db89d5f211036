/**
 * Names that run code when Python loads a pickle that has them, or hand out what does. The list follows that of
 * picklescan. It serves the messages only: smxc runs nothing, whatever a pickle names, and what is not in the list is
 * not said to be safe in Python.
 */

const words = (text: string): readonly string[] => text.trim().split(/\s+/);

/** Modules with all that is in them and in their submodules. */
const MODULES: ReadonlySet<string> = new Set(
  words(`
    os posix nt sys subprocess socket socketserver shutil runpy pty importlib imp zipimport ctypes codeop popen2
    asyncio multiprocessing threading _thread concurrent webbrowser antigravity
    pickle _pickle cPickle shelve marshal requests aiohttp httpx urllib.request urllib2 urllib3 http.client http.server
    httplib ftplib smtplib poplib imaplib nntplib telnetlib xmlrpc pip ensurepip venv pdb bdb
    doctest pydoc idlelib lib2to3 distutils setuptools pkg_resources test.support tempfile zipfile tarfile fileinput
    rlcompleter cgitb logging.config winreg _winreg
    torch.hub torch.utils.cpp_extension torch.utils.bottleneck torch.utils.collect_env torch.utils._config_module
    torch._inductor torch._dynamo torch.fx.graph_module numpy.f2py numpy.distutils numpy.testing
  `),
);

/** Names of modules that hold harmless ones too, or are called like a module of anybody's own. */
const NAMES: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries({
    code: "InteractiveConsole InteractiveInterpreter compile_command interact",
    commands: "getoutput getstatus getstatusoutput",
    platform: "popen",
    signal: "alarm pthread_kill raise_signal signal",
    timeit: "Timer main repeat timeit",
    trace: "Trace main",
    profile: "Profile main run runctx",
    cProfile: "Profile main run runctx",
    types: "CodeType FunctionType LambdaType MethodType",
    functools: "reduce",
    operator: "call",
    urllib: "urlopen urlretrieve URLopener FancyURLopener",
    io: "open open_code FileIO",
    _io: "open open_code FileIO",
    _pyio: "open open_code FileIO",
    codecs: "open",
    torch: "load compile",
    "torch.jit": "load",
    "torch.package": "PackageImporter",
    "torch.serialization": "load",
    numpy: "load",
    joblib: "load",
    pandas: "eval read_pickle",
    yaml: "load load_all unsafe_load unsafe_load_all full_load full_load_all",
    "dill._dill": "_create_code _create_function _eval_repr _import_module loads load",
    "cloudpickle.cloudpickle": "_make_function _fill_function _make_skel_func subimport dynamic_subimport loads load",
  }).map(([module, names]) => [module, new Set(words(names))] as const),
);

/** Of the built-in functions and classes, those that only hold values. */
const PLAIN_BUILTINS: ReadonlySet<string> = new Set(
  words(`
    bool bytearray bytes complex dict enumerate float frozenset int list long memoryview object range set slice str
    tuple type unicode xrange zip Ellipsis NotImplemented None True False
  `),
);

/** Python's own exceptions, which training scripts keep now and then. */
const EXCEPTION = /^[A-Z]\w*(Error|Exception|Warning|Interrupt|Exit|Iteration)$/;

/** These are harmless until they are called, and then call what they are given. */
const CALLERS: ReadonlySet<string> = new Set(
  words("functools.partial functools.partialmethod operator.attrgetter operator.itemgetter operator.methodcaller"),
);

/** A name that leads out of the module that the pickle gives, as in `torch` and `os.system`. */
const STEPPING_STONES: ReadonlySet<string> = new Set(
  words(`
    os posix nt sys subprocess builtins __builtins__ __builtin__ shutil socket runpy pty importlib ctypes pickle
    __globals__ __subclasses__ __import__ __loader__ __code__ __reduce__ __reduce_ex__ __getattribute__
  `),
);

/** Whether loading a pickle with this name in Python can run code by it. */
export function runsCode(module: string, name: string): boolean {
  const parts = name.split(".", MOST_PARTS);
  if (parts.some((part) => STEPPING_STONES.has(part))) return true;
  if (isBuiltin(module)) return !PLAIN_BUILTINS.has(parts[0]!) && !EXCEPTION.test(name);
  return NAMES.get(module)?.has(parts[0]!) === true || packagesOf(module).some((part) => MODULES.has(part));
}

/** Whether calling what this name makes can run code, though making it does not. */
export function callsWhatItHolds(module: string, name: string): boolean {
  return CALLERS.has(`${module}.${name}`);
}

/** Names and modules of more parts are not written by anyone. */
const MOST_PARTS = 32;

const isBuiltin = (module: string): boolean => module === "builtins" || module === "__builtin__";

/** `a`, `a.b` and `a.b.c` of `a.b.c`. */
function packagesOf(module: string): readonly string[] {
  const parts = module.split(".", MOST_PARTS);
  return parts.map((_, i) => parts.slice(0, i + 1).join("."));
}
