// Called by a policy that stands inline in the route's configuration.
export const handler = async ({ path }) => {
  console.log('hello');
  return { hello: path };
};
