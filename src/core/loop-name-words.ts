/** The words that loop names are made of: friendly, easy to type and to tell apart; lower-case ASCII letters only. */
const words = (text: string): readonly string[] => text.trim().split(/\s+/);

export const ADJECTIVES = words(`
  able agile airy amber ample apt azure balmy bold brave breezy bright brisk bronze bubbly calm candid cheery chief
  civic clever coastal copper coral cosmic cosy crisp curious dapper daring dewy eager early earnest easy epic fabled
  fair fancy fearless festive fleet fluent fond frank fresh frosty gallant gentle gifted glad gleaming golden grand
  happy hardy hearty helpful honest hopeful humble ideal indigo ivory jaunty jolly jovial keen kind lavish leafy level
  lively loyal lucid lucky lunar lush mellow merry mighty mild mindful minty misty modest neat nimble noble patient
  peppy placid playful plucky poised polite proud quick quiet radiant rapid ready rosy royal rugged rustic sage sandy
  serene silver sleek smart snappy solar solid spry steady stellar sturdy sunny swift tidy trusty upbeat velvet vivid
  warm willing wise witty zesty
`);

export const NAMES = words(`
  acorn alder alpaca aspen aster badger bamboo basil beaver beech birch bison brook bunny cactus camel canyon caribou
  cedar cherry chipmunk clover cobalt comet condor coyote crane cricket daisy dahlia dingo dolphin dove dune eagle elk
  ember falcon fennel fern ferret finch firefly fjord flint forest fox gazelle gecko ginger glacier grove gull harbor
  hare harrier hazel heron hickory holly ibex ibis iris island ivy jackal jaguar jasmine jay juniper kestrel kiwi koala
  lagoon lake lark laurel lemur lichen lilac lily linnet llama lotus lynx magpie maple marlin marmot marten meadow mesa
  mimosa mink moose moss moth myrtle narwhal nettle newt oak oasis ocelot olive orca orchid oriole osprey otter owl
  panda parrot pebble pelican peony pepper petrel pigeon pine plover plum pony poplar poppy prairie puffin quail quartz
  rabbit raven reed reef ridge river robin rowan saffron salmon seal sequoia sorrel sparrow spruce starling stork stream
  summit swallow swan tanager tapir teal tern thistle thrush thyme toucan trout tulip tundra turtle valley violet walnut
  walrus willow wren yarrow zebra zinnia
`);
